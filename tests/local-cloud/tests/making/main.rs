//! `make` and what it starts, where something is missing or wrong.

#![allow(clippy::unwrap_used)]

mod needs;
mod starting;
