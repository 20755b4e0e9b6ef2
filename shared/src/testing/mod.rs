//! Fakes for every port: a store in memory that passes the same contract tests as DynamoDB, models and functions that
//! follow a script, and a clock that stands still.

#![allow(clippy::expect_used, reason = "a fake that cannot do what a test asks of it should fail that test")]

mod builders;
mod clock;
mod community;
mod discord;
mod functions;
mod model;
mod store;

pub use builders::{RETENTION, id_at, ingest_deps, message_at, messages};
pub use clock::FixedClock;
pub use community::{Community, Step};
pub use discord::ScriptedDiscord;
pub use functions::ScriptedFunctions;
pub use model::{ScriptedModel, model_response};
pub use store::InMemoryStore;
