#![doc = include_str!("SCHEMA.md")]

mod attributes;
mod guild;
mod interaction;
pub mod keys;
mod leases;
mod messages;
mod models;
mod people;
mod summaries;
mod table;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::Client;

use keys::Key;

/// An unreachable DynamoDB is an error within 5 seconds.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(4_500);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_000);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// Even when every second request is throttled, hardly one in a thousand is throttled ten times in a row.
const MAX_ATTEMPTS: u32 = 10;
const FIRST_BACKOFF: Duration = Duration::from_millis(25);
const LONGEST_BACKOFF: Duration = Duration::from_millis(500);
/// The time a Lambda spends at init to open a connection; a store that takes longer is an error of the first request.
const WARM_UP_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The `Memory` table: what is known about days and people. It gives no access to messages.
#[derive(Debug, Clone)]
pub struct MemoryTable {
    client: Client,
    table: String,
}

/// Both tables: for those who read or write messages.
#[derive(Debug, Clone)]
pub struct MessagesTable {
    memory: MemoryTable,
    table: String,
}

impl MemoryTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { client: client(config), table }
    }

    /// Opens a connection, so that the first request does not wait for TLS. An error here is not one yet: the first request
    /// will meet it and say so.
    pub async fn warm_up(&self) {
        let nothing = table::batch_get::batch_get(&self.client, &self.table, vec![Key::warm_up()]);
        if !matches!(tokio::time::timeout(WARM_UP_TIMEOUT, nothing).await, Ok(Ok(_))) {
            tracing::warn!(event = "warm_up_failed", table = self.table);
        }
    }
}

impl MessagesTable {
    /// The table of that name, beside the `Memory` table that holds its ledgers.
    pub fn new(memory: MemoryTable, table: String) -> Self {
        Self { memory, table }
    }

    /// The table of what is known.
    pub fn memory(&self) -> &MemoryTable {
        &self.memory
    }
}

fn client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(MAX_ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF);
    let config = aws_sdk_dynamodb::config::Builder::from(config).timeout_config(timeouts).retry_config(retries).build();
    Client::from_conf(config)
}
