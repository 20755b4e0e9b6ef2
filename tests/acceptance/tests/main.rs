//! What a caller sees, over the real binaries: each test has a cloud of its own, with cargo-lambda's emulator in front of
//! the functions, DynamoDB, SSM and a stand-in for the model.
//!
//! The binaries tell the time by the machine's clock, so the days here are counted from today, and none is so young that it
//! matters when exactly the test runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod communities;
mod concurrency;
mod costs;
mod discord;
mod failures;
mod gateway;
mod import;
mod leaks;
mod leaving;
mod marker;
mod models;
mod nicks;
mod pages;
mod pipeline;
mod privacy;
mod requests;
mod scale;
mod spans;
mod sync;
mod watched;
mod world;
