#![doc = include_str!("SCHEMA.md")]

mod attributes;
mod build_state;
mod guild;
mod interaction;
pub mod keys;
mod leases;
mod messages;
mod models;
mod people;
mod shape;
mod summaries;
mod table;
mod tables;
mod time;

pub use tables::{MemoryTable, MessagesTable};
