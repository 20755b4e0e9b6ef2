//! The use cases over real clients, and over stores that do their worst. One program, so that everything is linked once and
//! what waits leaves room for what works.

// Functions that call each other are futures in each other here, deeper than the compiler follows by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bad_days;
mod communities;
mod interleavings;
mod store_contract;
mod sync;
