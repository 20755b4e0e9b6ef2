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
        attributes::{Attributes, decode, encode, text, unreadable},
        build_state::BuildStateItem,
        keys::Key,
        shape,
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
        let put = Write::put(encode(&Key::memory(guild, user), MergedItem::new(memory))?)
            .only_if("lease_owner = :owner")
            .value(":owner", text(owner.as_str()));
        self.table.write_contended(put).await
    }
}

/// A merged memory, or only the lease of one that is being merged. The memory may be damaged and the lease not.
pub(crate) struct MemoryItem {
    memory: Kept,
    /// `None` if it cannot be read.
    build: Option<BuildStateItem>,
}

enum Kept {
    /// Before the first merge, and after a purge.
    Nothing,
    Merged(Box<MergedItem>),
    /// Damaged, or of a later version: it may hold anything.
    Unreadable,
}

/// What an item has as long as there is a memory in it.
const OF_A_MEMORY: [&str; 5] = ["text", "input_hash", "facts_hash", "day_versions", "built_at"];
/// What stays of an item that cannot be read when what may be words is deleted.
const NO_WORDS: [&str; 9] = [
    "pk",
    "sk",
    shape::ATTRIBUTE,
    "lease_owner",
    "lease_until",
    "lease_input",
    "lease_days",
    "last_failure",
    "expires_at",
];

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

impl MergedItem {
    fn new(memory: &Memory) -> Self {
        Self {
            text: memory.text.clone(),
            input_hash: memory.input_hash.clone(),
            facts_hash: memory.facts_hash.clone(),
            day_versions: memory.day_versions.clone(),
            model: memory.model.clone(),
            usage: memory.usage,
            built_at: memory.built_at,
            expires_at: memory.expires_at.into(),
        }
    }

    fn into_memory(self) -> Memory {
        Memory {
            text: self.text,
            input_hash: self.input_hash,
            facts_hash: self.facts_hash,
            day_versions: self.day_versions,
            model: self.model,
            usage: self.usage,
            built_at: self.built_at,
            // A lease on the item prolongs the item's life, not the memory's.
            expires_at: Timestamp::from(self.expires_at).min(self.built_at + MEMORY_LIFE),
        }
    }
}

impl MemoryItem {
    /// What is in an item that was read.
    pub(crate) fn read(key: &Key, item: &Attributes) -> Self {
        let build = BuildStateItem::of(item);
        let memory = match &build {
            Some(_) => Kept::read(key, item),
            None => {
                unreadable(key);
                Kept::Unreadable
            }
        };
        Self { memory, build }
    }

    /// Who is merging the next one; nobody where that cannot be read.
    pub(crate) fn build_state(&self) -> BuildState {
        self.build.as_ref().map(BuildStateItem::build_state).unwrap_or_default()
    }

    /// Whether there is something in it that cannot be read.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self.memory, Kept::Unreadable)
    }

    /// Whether it was merged from that day before the version.
    pub(crate) fn used_before(&self, day: Day, version: u64) -> bool {
        match &self.memory {
            Kept::Merged(memory) => memory.day_versions.get(&day).is_some_and(|used| *used < version),
            Kept::Nothing | Kept::Unreadable => false,
        }
    }

    /// Whether somebody is merging it from that day before the version.
    pub(crate) fn is_made_from_before(&self, day: Day, version: u64) -> bool {
        self.build.as_ref().is_none_or(|build| build.is_for_before(day, version))
    }

    /// The memory in it.
    pub(super) fn into_memory(self) -> Option<Memory> {
        match self.memory {
            Kept::Merged(memory) => Some(memory.into_memory()),
            Kept::Nothing | Kept::Unreadable => None,
        }
    }
}

impl Kept {
    fn read(key: &Key, item: &Attributes) -> Self {
        if shape::is_known(item) && !OF_A_MEMORY.iter().any(|name| item.contains_key(*name)) {
            return Self::Nothing;
        }
        decode(key, item.clone()).map_or(Self::Unreadable, |memory| Self::Merged(Box::new(memory)))
    }
}

/// What may be words in an item that cannot be read.
pub(crate) fn possible_words(item: &Attributes) -> Attributes {
    let words = item.iter().filter(|(name, _)| !NO_WORDS.contains(&name.as_str()));
    words.map(|(name, value)| (name.clone(), value.clone())).collect()
}
