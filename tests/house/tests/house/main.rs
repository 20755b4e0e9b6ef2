//! What holds for the code of all crates, and for the documents about it. Reads files only: nothing is built for it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod circles;
mod documents;
mod events;
mod facts;
mod functions;
mod reading;
mod rooms;
mod runbook;
mod targets;
mod template;
