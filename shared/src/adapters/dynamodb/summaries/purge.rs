//! Removes what was made from messages that were deleted (DESIGN rule 19).
//!
//! ```text
//! ingest   tombstone, ledger: purged_version 6 ──▶ memories of everybody who ever was in a summary ──▶ parts, chunks ──▶ summary
//! builder      ── commit of version 5: refused, purged_version is 6
//! merge        ── commit of a memory that used version 5: refused likewise
//! ```
//!
//! So nothing made from before can be written once the ledger says so, and what was written before is found here. Who was in a
//! summary is noted with its commit, in an item without a TTL: a memory outlives the summary it was made from.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        attributes::{decode, number},
        keys::{self, Key},
        people::memory::MemoryItem,
        table::{Write, condition_held},
        tables::MemoryTable,
    },
    domain::{Day, GuildId, UserId},
    ports::{PurgeDay, StoreError},
};

/// Memories emptied at the same time.
const CONCURRENT_PURGES: usize = 16;

impl PurgeDay for MemoryTable {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        self.purge_memories(guild, day, purged_version).await?;
        self.delete_parts(guild, day, |generation| keys::version_of(generation) < Some(purged_version)).await?;
        self.delete_chunks(guild, day, purged_version).await?;
        self.delete_summary(guild, day, purged_version).await
    }
}

impl MemoryTable {
    /// Empties the memories that used the day before the purge. A lease on one stays: whoever merges right now looks at the
    /// ledger before it commits.
    async fn purge_memories(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let people: Option<PeopleItem> = self.table.read(&Key::day_people(guild, day)).await?;
        let people = people.map(|item| item.people).unwrap_or_default();
        let keys: Vec<Key> = people.into_iter().map(|user| Key::memory(guild, user)).collect();
        let holds_words = |(key, item): (Key, _)| {
            let memory = decode::<MemoryItem>(&key, item).ok();
            memory.is_none_or(|memory| memory.used_before(day, purged_version)).then_some(key)
        };
        let purges: Vec<_> = (self.table.get_all(&keys).await?.into_iter())
            .filter_map(holds_words)
            .map(|key| self.write_unless_newer(empty_memory(&key, day, purged_version)))
            .collect();
        stream::iter(purges).buffer_unordered(CONCURRENT_PURGES).try_collect().await
    }

    async fn delete_summary(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let delete = Write::delete(&Key::summary(guild, day))
            .only_if("version < :purged")
            .value(":purged", number(purged_version));
        self.write_unless_newer(delete).await
    }

    /// What is from after the deletion by now stays.
    async fn write_unless_newer(&self, write: Write) -> Result<(), StoreError> {
        condition_held(self.table.write_contended(write).await).map(drop)
    }
}

fn empty_memory(key: &Key, day: Day, purged_version: u64) -> Write {
    Write::update(key, "REMOVE #text, input_hash, facts_hash, day_versions, built_at")
        .only_if("attribute_exists(day_versions) AND day_versions.#day < :purged")
        .name("#text", "text")
        .name("#day", day.to_string())
        .value(":purged", number(purged_version))
}

/// Everybody who ever was in a summary of a day.
#[derive(Deserialize)]
struct PeopleItem {
    people: BTreeSet<UserId>,
}
