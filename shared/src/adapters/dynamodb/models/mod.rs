//! What is known about models: when they are left alone, what was spent on them, and who waits for them.

mod budgets;
mod cooldowns;
mod lines;
