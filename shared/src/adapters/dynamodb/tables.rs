//! The two tables. Who is given only one of them cannot reach the other.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;

use super::{keys::Key, summaries::kept::KeptSummaries, table::Table};
use crate::{domain::SummaryRetention, ports::MAX_CHANGES};

/// The time a Lambda spends at init to open a connection; a store that takes longer is an error of the first request.
const WARM_UP_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The `Memory` table: what is known about days and people. It gives no access to messages.
#[derive(Debug, Clone)]
pub struct MemoryTable {
    pub(super) table: Table,
    /// Where final summaries are kept that were read.
    pub(super) kept: Option<Arc<KeptSummaries>>,
    /// When DynamoDB deletes the summaries that are written.
    pub(super) summary_retention: SummaryRetention,
}

/// The `Messages` table, and the ledgers in `Memory` that its messages change under.
#[derive(Debug, Clone)]
pub struct MessagesTable {
    pub(super) messages: Table,
    /// For the ledgers, and nothing else.
    pub(super) memory: Table,
    /// How many messages are changed in one transaction, besides the ledger.
    pub(super) max_changes: usize,
}

impl MemoryTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, table: String) -> Self {
        Self { table: Table::new(config, table), kept: None, summary_retention: SummaryRetention::default() }
    }

    /// One that reads final summaries once, and keeps up to 32 MB of them.
    #[must_use]
    pub fn keeping_summaries(self) -> Self {
        Self { kept: Some(Arc::default()), ..self }
    }

    /// One whose final summaries DynamoDB deletes when their days are not told any more (DESIGN rule 46).
    #[must_use]
    pub fn keeping_summaries_for(self, summary_retention: SummaryRetention) -> Self {
        Self { summary_retention, ..self }
    }

    /// Opens a connection, so that the first request does not wait for TLS. An error here is not one yet: the first request
    /// will meet it and say so.
    pub async fn warm_up(&self) {
        let nothing = Key::warm_up();
        if !matches!(tokio::time::timeout(WARM_UP_TIMEOUT, self.table.get(&nothing)).await, Ok(Ok(_))) {
            tracing::warn!(event = "warm_up_failed", table = self.table.name());
        }
    }
}

impl MessagesTable {
    /// The table of that name, beside the `Memory` table that holds its ledgers.
    pub fn new(memory: &MemoryTable, table: String) -> Self {
        let memory = memory.table.clone();
        Self { messages: memory.beside(table), memory, max_changes: MAX_CHANGES }
    }

    /// Over a DynamoDB that takes fewer items in a transaction than 100: DynamoDB Local may take 10.
    #[must_use]
    pub fn with_transactions_of(self, items: usize) -> Self {
        Self { max_changes: items.saturating_sub(1).clamp(1, MAX_CHANGES), ..self }
    }
}
