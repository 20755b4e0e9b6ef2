//! A store in memory. It passes the contract tests that DynamoDB passes (`tests/store_contract`), and fails on request. Its
//! rooms are those of the ports.

mod guild;
mod interaction;
mod leases;
mod leaving;
mod messages;
mod models;
mod people;
mod script;
mod state;
mod summaries;
mod wipes;

pub use state::InMemoryStore;
