//! `guild-memory` as a program.

#![allow(clippy::unwrap_used)]

mod features;
mod mistakes;
mod registering;
