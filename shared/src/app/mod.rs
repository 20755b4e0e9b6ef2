//! The use cases: what each function does, in terms of `domain` and `ports`. Nothing here names an adapter.

mod archived_threads;
mod asked_for;
mod audience;
pub mod build_memories;
mod day_builds;
mod deadline;
mod error;
pub mod ingest_messages;
pub mod interact;
mod models;
pub mod people;
mod request;
pub mod respond;
mod retry;
mod single_flight;
pub mod summarize_day;
mod sweep;
pub mod sync_messages;
mod tenants;

pub use asked_for::AskedFor;
pub use deadline::Deadline;
pub use models::{Cooldowns, ModelChain};
pub use request::decode;
pub use tenants::check_allowed;

pub use crate::contract::AppError;
