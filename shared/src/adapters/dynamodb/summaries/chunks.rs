//! What came of the chunks of a day.
//!
//! ```text
//! builder A   put CHUNK#x ── put CHUNK#y ── chunk z: the model refuses ── drop the lease
//! builder B                                                               read CHUNK#x, CHUNK#y ── ask about z ── commit
//! ingest                    a deletion: purged_version 6 ──▶ CHUNK#… of version 5 deleted; A's next put is refused
//! ```
//!
//! A chunk holds what people wrote, so it is put on the conditions of the commit, as the parts of a large summary are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::parts::MAX_TEXT_BYTES;
use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::{Attributes, decode, encode},
    keys::{self, Key},
    table::batch_get::batch_get,
};
use crate::{
    domain::{AttemptId, CHUNK_LIFE, ChunkOutcome, Day, GuildId, KeptChunk, Usage, UserId},
    ports::{KeepChunks, StoreError},
};

#[derive(Serialize, Deserialize)]
struct ChunkItem {
    #[serde(flatten)]
    outcome: OutcomeItem,
    usage: Usage,
    kept_at: Timestamp,
    /// The ledger's version that the messages were read at: a purge looks at it.
    version: u64,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum OutcomeItem {
    Summarized { texts: BTreeMap<UserId, String>, model: String },
    Blocked { messages: u64 },
    Halved { blocked: bool },
}

impl KeepChunks for MessagesTable {
    async fn kept_chunk(&self, guild: GuildId, day: Day, hash: &str) -> Result<Option<KeptChunk>, StoreError> {
        let key = Key::chunk(guild, day, hash);
        let mut items = batch_get(&self.memory.client, &self.memory.table, vec![key.clone()]).await?;
        // It can be asked for again: one that cannot be read is as good as none.
        let chunk = items.remove(&key).map(|item| decode::<ChunkItem>(&key, item)).transpose();
        let chunk = chunk.inspect_err(|_| tracing::warn!(event = "item_unreadable", item = %key)).unwrap_or_default();
        Ok(chunk.map(ChunkItem::into_chunk))
    }

    async fn keep_chunk(
        &self,
        guild: GuildId,
        day: Day,
        hash: &str,
        chunk: &KeptChunk,
        version: u64,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        if text_bytes(&chunk.outcome) > MAX_TEXT_BYTES {
            return Err(StoreError::Refused { reason: "the texts of a chunk do not fit into an item".to_owned() });
        }
        let key = Key::chunk(guild, day, hash);
        let item = encode(&key, ChunkItem::new(chunk, version))?;
        self.memory.put_under_lease(item, &Key::ledger(guild, day), version, attempt).await
    }
}

impl MemoryTable {
    /// Deletes the chunks of a day that were read before a deletion.
    pub(crate) async fn delete_chunks(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let chunks = self.of_day(guild, day, keys::CHUNK_PREFIX).await?;
        let version = |chunk: &Attributes| chunk.get("version")?.as_n().ok()?.parse::<u64>().ok();
        let is_older = |chunk: &&Attributes| version(chunk).is_none_or(|version| version < purged_version);
        self.delete_all(chunks.iter().filter(is_older).filter_map(Key::of)).await
    }
}

fn text_bytes(outcome: &ChunkOutcome) -> usize {
    match outcome {
        ChunkOutcome::Summarized { texts, .. } => texts.values().map(|text| text.len() + size_of::<UserId>() * 4).sum(),
        ChunkOutcome::Blocked { .. } | ChunkOutcome::Halved { .. } => 0,
    }
}

impl ChunkItem {
    fn new(chunk: &KeptChunk, version: u64) -> Self {
        let outcome = match chunk.outcome.clone() {
            ChunkOutcome::Summarized { texts, model } => OutcomeItem::Summarized { texts, model },
            ChunkOutcome::Blocked { messages } => OutcomeItem::Blocked { messages },
            ChunkOutcome::Halved { blocked } => OutcomeItem::Halved { blocked },
        };
        let expires_at = (chunk.kept_at + CHUNK_LIFE).as_second();
        Self { outcome, usage: chunk.usage, kept_at: chunk.kept_at, version, expires_at }
    }

    fn into_chunk(self) -> KeptChunk {
        let outcome = match self.outcome {
            OutcomeItem::Summarized { texts, model } => ChunkOutcome::Summarized { texts, model },
            OutcomeItem::Blocked { messages } => ChunkOutcome::Blocked { messages },
            OutcomeItem::Halved { blocked } => ChunkOutcome::Halved { blocked },
        };
        KeptChunk { outcome, usage: self.usage, kept_at: self.kept_at }
    }
}
