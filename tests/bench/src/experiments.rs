//! What is measured. Each experiment says what it did, how long it took and what it cost; none of them judges.

pub mod big_day;
pub mod callers;
pub mod functions;
pub mod large_guild;
pub mod replay;
pub mod warm;
pub mod webhook;
