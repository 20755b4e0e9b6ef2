//! The use cases over real clients, and over stores that do their worst. One program, so that everything is linked once and
//! what waits leaves room for what works.

// Functions that call each other are futures in each other here, deeper than the compiler follows by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
// The compiler follows what waits in what waits: requests in spans in use cases in bad days.
#![recursion_limit = "256"]

mod bad_days;
mod communities;
mod interleavings;
mod store_contract;
mod sync;
