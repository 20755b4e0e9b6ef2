//! The models that are asked: by a deadline, in a chain, in their turn, left alone while they cool down, and within
//! their budgets.

mod asking;
mod budgets;
mod chain;
mod chain_error;
mod cooldowns;
mod turns;

pub(super) use asking::ask_before;
pub use chain::ModelChain;
pub use cooldowns::Cooldowns;
