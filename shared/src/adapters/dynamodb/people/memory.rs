//! The merged memories, and their commits:
//!
//! ```text
//! caller     read the window: day v5 ──▶ acquire the lease ──▶ model ──▶ put MEMORY (day v5), if the lease is mine
//!                                                                        and of each day used purged_version <= v5
//! ingest                                  a deletion: purged_version 6 ──▶ refused: its words are not kept
//! ```

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{encode, number, text},
        keys::Key,
        leases::BuildStateItem,
        table::{Check, Write},
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
        let mut transaction = self.table.transaction().write(&self.table, put);
        for (day, version) in &memory.day_versions {
            let values = [(":version", number(*version))];
            let check = Check::new(&Key::ledger(guild, *day), "purged_version <= :version", values);
            transaction = transaction.check(&self.table, check);
        }
        transaction.commit().await
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
