//! The models that are asked: those that stand in for each other, those that are left alone for a while, and what is spent.

mod budgets;
mod chain;
mod cooldowns;

pub use chain::ModelChain;
pub use cooldowns::Cooldowns;
