//! The use cases: what each function does, in terms of `domain` and `ports`. Nothing here names an adapter.

mod audience;
mod budgets;
pub mod build_memories;
mod cooldowns;
mod deadline;
mod error;
pub mod ingest_messages;
pub mod interact;
mod lease;
mod model_chain;
pub mod people;
mod pursue;
mod request;
pub mod respond;
mod retry;
pub mod summarize_day;
pub mod sync_messages;

pub use cooldowns::Cooldowns;
pub use deadline::{Deadline, remaining};
pub use error::AppError;
pub use model_chain::ModelChain;
pub use request::decode;

pub use crate::contract::ErrorType;
