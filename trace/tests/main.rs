//! Traces of several programs, and of none.

#![allow(clippy::unwrap_used)]

mod analysis;
mod build;
mod diagnosis;
mod pictures;
mod properties;
mod reading;
