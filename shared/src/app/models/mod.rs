//! The models that are asked: by a deadline, in a chain, in their turn, left alone while they cool down, within
//! their budgets, and at the pace they write.

mod asking;
mod budgets;
mod chain;
mod chain_error;
mod cooldowns;
mod hedges;
mod paces;
mod turns;

pub(super) use asking::ask_before;
pub use chain::ModelChain;
pub use cooldowns::Cooldowns;
