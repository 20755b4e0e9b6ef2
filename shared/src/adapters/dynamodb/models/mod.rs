//! What is known about models: when they are left alone, and what was spent on them.

mod budgets;
mod cooldowns;
