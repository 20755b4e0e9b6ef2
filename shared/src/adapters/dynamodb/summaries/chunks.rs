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

use super::fence::Fence;
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode_rebuildable, encode, key_of},
        keys::{self, Key},
        shape,
        table::{Query, Write},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{
        CHUNK_LIFE, ChunkOutcome, Day, GuildId, KeptChunk, LeaseOwner, Usage, UserId,
        prompt::{ChunkSize, KeptCut, Soon},
    },
    ports::{KeepChunks, StoreError},
};

/// Bytes of texts in a chunk, of the 400 KB that an item may have.
const MAX_TEXT_BYTES: usize = 350 * 1024;

impl KeepChunks for MemoryTable {
    async fn kept_chunk(&self, guild: GuildId, day: Day, hash: &str) -> Result<Option<KeptChunk>, StoreError> {
        let key = Key::chunk(guild, day, hash);
        let item = self.table.get(&key).await?;
        Ok(item.and_then(|item| decode_rebuildable(&key, item)).map(ChunkItem::into_chunk))
    }

    async fn keep_chunk(
        &self,
        guild: GuildId,
        day: Day,
        hash: &str,
        chunk: &KeptChunk,
        version: u64,
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        if text_bytes(&chunk.outcome) > MAX_TEXT_BYTES {
            return Err(StoreError::Refused { reason: "the texts of a chunk do not fit into an item".to_owned() });
        }
        let item = encode(&Key::chunk(guild, day, hash), ChunkItem::new(chunk, version))?;
        self.put_fenced(&Fence { guild, day, version, owner }, item).await
    }

    async fn kept_cut(&self, guild: GuildId, day: Day) -> Result<KeptCut, StoreError> {
        let key = Key::cut(guild, day);
        let item: Option<CutItem> = self.table.get(&key).await?.and_then(|item| decode_rebuildable(&key, item));
        Ok(item.map(CutItem::into_cut).unwrap_or_default())
    }

    async fn keep_cut(&self, guild: GuildId, day: Day, cut: &KeptCut, now: Timestamp) -> Result<(), StoreError> {
        self.table.write(Write::put(encode(&Key::cut(guild, day), CutItem::new(cut, now))?)).await
    }
}

impl MemoryTable {
    /// Deletes the chunks of a day that were read before a deletion, and those that do not say when, or not so that it can be
    /// understood.
    pub(super) async fn delete_chunks(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let of_day = Query::of(keys::day_partition(guild, day)).beginning_with(keys::CHUNK_PREFIX);
        let chunks = self.table.query(of_day.only("pk, sk, v, version"), |item| Ok((key_of(&item)?, version(&item))));
        let is_older = |version: Option<u64>| version.is_none_or(|version| version < purged_version);
        let older = chunks.await?.into_iter().filter(|(_, version)| is_older(*version));
        self.table.delete_all(older.map(|(key, _)| key)).await
    }
}

fn version(chunk: &Attributes) -> Option<u64> {
    shape::is_known(chunk).then(|| chunk.get("version")?.as_n().ok()?.parse().ok()).flatten()
}

fn text_bytes(outcome: &ChunkOutcome) -> usize {
    match outcome {
        ChunkOutcome::Summarized { texts, .. } => texts.values().map(|text| text.len() + size_of::<UserId>() * 4).sum(),
        ChunkOutcome::Blocked { .. } | ChunkOutcome::Split { .. } => 0,
    }
}

#[derive(Serialize, Deserialize)]
struct ChunkItem {
    #[serde(flatten)]
    outcome: OutcomeItem,
    usage: Usage,
    kept_at: Timestamp,
    /// The ledger's version that the messages were read at: a purge looks at it.
    version: u64,
    expires_at: EpochSeconds,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum OutcomeItem {
    Summarized { texts: BTreeMap<UserId, String>, model: String },
    Blocked { messages: u64 },
    Halved { blocked: bool },
}

impl ChunkItem {
    fn new(chunk: &KeptChunk, version: u64) -> Self {
        let outcome = match chunk.outcome.clone() {
            ChunkOutcome::Summarized { texts, model } => OutcomeItem::Summarized { texts, model },
            ChunkOutcome::Blocked { messages } => OutcomeItem::Blocked { messages },
            ChunkOutcome::Split { blocked } => OutcomeItem::Halved { blocked },
        };
        let expires_at = EpochSeconds::after(chunk.kept_at, CHUNK_LIFE);
        Self { outcome, usage: chunk.usage, kept_at: chunk.kept_at, version, expires_at }
    }

    fn into_chunk(self) -> KeptChunk {
        let outcome = match self.outcome {
            OutcomeItem::Summarized { texts, model } => ChunkOutcome::Summarized { texts, model },
            OutcomeItem::Blocked { messages } => ChunkOutcome::Blocked { messages },
            OutcomeItem::Halved { blocked } => ChunkOutcome::Split { blocked },
        };
        KeptChunk { outcome, usage: self.usage, kept_at: self.kept_at }
    }
}

/// How a day is cut.
#[derive(Serialize, Deserialize)]
struct CutItem {
    sizes: Vec<SizeItem>,
    expires_at: EpochSeconds,
}

/// The size of the chunks of what was written until then.
#[derive(Serialize, Deserialize)]
struct SizeItem {
    /// Seconds since 1970.
    until: i64,
    members: usize,
    #[serde(flatten)]
    soon: SoonItem,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "soon", rename_all = "snake_case")]
enum SoonItem {
    Never,
    Members { soon_members: usize, tokens_each: u64 },
    Tokens { soon_tokens: u64 },
}

impl CutItem {
    fn new(cut: &KeptCut, now: Timestamp) -> Self {
        let size = |(until, size): &(i64, ChunkSize)| SizeItem {
            until: *until,
            members: size.members,
            soon: match size.soon {
                Soon::Never => SoonItem::Never,
                Soon::Members { members, tokens_each } => SoonItem::Members { soon_members: members, tokens_each },
                Soon::Tokens(soon_tokens) => SoonItem::Tokens { soon_tokens },
            },
        };
        Self { sizes: cut.0.iter().map(size).collect(), expires_at: EpochSeconds::after(now, CHUNK_LIFE) }
    }

    fn into_cut(self) -> KeptCut {
        let size = |SizeItem { until, members, soon }| {
            let soon = match soon {
                SoonItem::Never => Soon::Never,
                SoonItem::Members { soon_members, tokens_each } => Soon::Members { members: soon_members, tokens_each },
                SoonItem::Tokens { soon_tokens } => Soon::Tokens(soon_tokens),
            };
            (until, ChunkSize { members, soon })
        };
        KeptCut(self.sizes.into_iter().map(size).collect())
    }
}
