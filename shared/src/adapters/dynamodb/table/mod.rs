//! One DynamoDB table: what can be read from it and written to it, whatever its items are.

mod batch_get;
mod capacity;
mod client;
mod contention;
mod errors;
mod query;
mod spans;
mod transaction;
mod write;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

pub(super) use batch_get::{Items, MAX_KEYS, Projection, take};
use client::connect;
pub(super) use errors::condition_held;
pub(super) use query::Query;
pub(super) use transaction::Check;
pub(super) use write::Write;

/// A table by its name, and the client to reach it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table of that name.
    pub(super) fn new(config: &SdkConfig, name: String) -> Self {
        Self { client: connect(config), name }
    }

    /// Another table over the same connections.
    pub(super) fn beside(&self, name: String) -> Self {
        Self { client: self.client.clone(), name }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
