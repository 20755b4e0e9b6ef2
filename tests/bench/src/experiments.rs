//! What is measured. Each experiment says what it did, how long it took and what it cost; none of them judges.

pub mod big_day;
pub mod budgets;
pub mod callers;
pub mod crowded_day;
pub mod exported;
pub mod first_words;
pub mod functions;
pub mod large_guild;
pub mod no_models;
pub mod one_at_a_time;
pub mod paces;
pub mod replay;
pub mod simulated;
pub mod slow_calls;
pub mod warm;
pub mod webhook;
