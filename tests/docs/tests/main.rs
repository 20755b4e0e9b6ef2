//! What the pages say is so: their links lead somewhere, their commands are commands, their names are names of the code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod commands;
mod links;
mod names;
mod project;
