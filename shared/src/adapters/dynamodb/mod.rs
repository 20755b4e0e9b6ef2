#![doc = include_str!("SCHEMA.md")]

mod asked;
mod attributes;
mod build_state;
mod claims;
mod guild;
pub mod keys;
mod leases;
mod leaving;
mod messages;
mod models;
mod people;
mod shape;
mod summaries;
mod table;
mod tables;
mod time;
mod wipes;

pub use tables::{MemoryTable, MessagesTable};
