//! The merged memories, and their commits:
//!
//! ```text
//! caller     read the window: day v5 ──▶ acquire the lease (day v5) ──▶ look at the ledgers ──▶ model ──▶ put MEMORY,
//!                                                                                                         if the lease is mine
//! ingest     a deletion: purged_version 6 ──▶ purge: take leases of v5, empty memories of v5
//! ```
//!
//! Whoever takes the lease before the purge comes to the item loses it; whoever takes it after that sees the ledger. So its
//! words are not kept either way, and a commit is one write to one item: a hundred of them at once do not meet, as
//! transactions would that all check the same ledgers (ADR 12).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{encode, text},
        keys::Key,
        leases::BuildStateItem,
        table::Write,
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{BuildState, Day, GuildId, LeaseOwner, MEMORY_LIFE, Memory, Usage, UserId},
    ports::{CommitMemory, StoreError},
};

impl CommitMemory for MemoryTable {
    async fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        let put = Write::put(encode(&Key::memory(guild, user), MemoryItem::new(memory))?)
            .only_if("lease_owner = :owner")
            .value(":owner", text(owner.as_str()));
        self.table.write_contended(put).await
    }
}

/// A merged memory, or only the lease of one that is being merged.
#[derive(Serialize, Deserialize)]
pub(crate) struct MemoryItem {
    #[serde(flatten)]
    memory: Option<MergedItem>,
    #[serde(flatten, skip_serializing)]
    build: BuildStateItem,
}

#[derive(Serialize, Deserialize)]
struct MergedItem {
    text: String,
    input_hash: String,
    facts_hash: String,
    day_versions: BTreeMap<Day, u64>,
    #[serde(default)]
    model: String,
    #[serde(default)]
    usage: Usage,
    built_at: Timestamp,
    expires_at: EpochSeconds,
}

impl MemoryItem {
    fn new(memory: &Memory) -> Self {
        let merged = MergedItem {
            text: memory.text.clone(),
            input_hash: memory.input_hash.clone(),
            facts_hash: memory.facts_hash.clone(),
            day_versions: memory.day_versions.clone(),
            model: memory.model.clone(),
            usage: memory.usage,
            built_at: memory.built_at,
            expires_at: memory.expires_at.into(),
        };
        Self { memory: Some(merged), build: BuildStateItem::default() }
    }

    /// Who is merging the next one.
    pub(super) fn build_state(&self) -> BuildState {
        self.build.build_state()
    }

    /// Whether it was merged from that day before the version.
    pub(crate) fn used_before(&self, day: Day, version: u64) -> bool {
        self.memory.as_ref().and_then(|memory| memory.day_versions.get(&day)).is_some_and(|used| *used < version)
    }

    /// Whether somebody is merging it from that day before the version.
    pub(crate) fn is_made_from_before(&self, day: Day, version: u64) -> bool {
        self.build.is_for_before(day, version)
    }

    /// The memory in it.
    pub(super) fn into_memory(self) -> Option<Memory> {
        self.memory.map(|item| Memory {
            text: item.text,
            input_hash: item.input_hash,
            facts_hash: item.facts_hash,
            day_versions: item.day_versions,
            model: item.model,
            usage: item.usage,
            built_at: item.built_at,
            // A lease on the item prolongs the item's life, not the memory's.
            expires_at: Timestamp::from(item.expires_at).min(item.built_at + MEMORY_LIFE),
        })
    }
}
