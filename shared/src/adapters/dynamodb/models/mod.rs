//! What is known about models: when they are left alone, what was spent on them, who waits for them, and how
//! fast they write.

mod budgets;
mod cooldowns;
mod lines;
mod paces;
