//! Removes what was made from messages that were deleted (DESIGN rule 19).
//!
//! ```text
//! ingest   tombstone, ledger: purged_version 6 ──▶ memories of everybody who ever was in a summary ──▶ parts, chunks ──▶ summary
//! builder      ── commit of version 5: refused, purged_version is 6
//! merge        ── of a memory that uses version 5: its lease is taken; who takes a lease later sees the ledger
//! ```
//!
//! So nothing made from before can be written once this has come by, and what was written before is found here. Who was in a
//! summary is noted with its commit, in an item without a TTL: a memory outlives the summary it was made from.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, number, text},
        keys::{self, Key},
        leases::REMOVE_LEASE,
        people::memory::{MemoryItem, possible_words},
        shape,
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
        // Whatever is damaged: the rest of it is purged.
        let memories = self.purge_memories(guild, day, purged_version).await;
        self.delete_parts(guild, day, |generation| keys::version_of(generation) < Some(purged_version)).await?;
        self.delete_chunks(guild, day, purged_version).await?;
        self.delete_summary(guild, day, purged_version).await?;
        memories?;
        self.note_purge(guild, day, purged_version).await
    }
}

impl MemoryTable {
    /// Empties the memories that used the day before the purge, and those that do not say what they used, and takes the leases
    /// of those who merge such ones right now.
    async fn purge_memories(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let people: Option<PeopleItem> = self.table.read(&Key::day_people(guild, day)).await?;
        let people = people.map(|item| item.people).unwrap_or_default();
        let keys: Vec<Key> = people.into_iter().map(|user| Key::memory(guild, user)).collect();
        let purges: Vec<_> = (self.table.get_all(&keys).await?.into_iter())
            .map(async |(key, item)| self.purge_memory(&key, &item, day, purged_version).await)
            .collect();
        stream::iter(purges).buffer_unordered(CONCURRENT_PURGES).try_collect().await
    }

    async fn purge_memory(
        &self,
        key: &Key,
        item: &Attributes,
        day: Day,
        purged_version: u64,
    ) -> Result<(), StoreError> {
        let memory = MemoryItem::read(key, item);
        let is_made = memory.is_made_from_before(day, purged_version);
        if let Some(take_lease) = take_lease(key, item).filter(|_| is_made) {
            self.write_unless_newer(take_lease).await?;
        }
        if let Some(empty) = empty_unreadable(key, item).filter(|_| memory.is_unreadable()) {
            self.write_unless_newer(empty).await?;
        }
        // Who had the lease may have come first with its commit.
        if is_made || memory.used_before(day, purged_version) {
            self.write_unless_newer(empty_memory(key, day, purged_version)).await?;
        }
        Ok(())
    }

    async fn delete_summary(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        const IS_OLDER: &str =
            "attribute_not_exists(version) OR NOT attribute_type(version, :a_number) OR version < :purged";
        let delete = Write::delete(&Key::summary(guild, day))
            .only_if(format!("{IS_OLDER} OR {}", shape::IS_UNKNOWN))
            .value(":a_number", text("N"))
            .value(":purged", number(purged_version))
            .value(shape::PLACEHOLDER, shape::current());
        self.write_unless_newer(delete).await
    }

    /// The next deletion that changes nothing need not look for what is left.
    async fn note_purge(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let note = Write::update(&Key::ledger(guild, day), "SET purge_done = :purged")
            .only_if("attribute_exists(version) AND (attribute_not_exists(purge_done) OR purge_done < :purged)")
            .value(":purged", number(purged_version));
        self.write_unless_newer(note).await
    }

    /// What is from after the deletion by now stays.
    async fn write_unless_newer(&self, write: Write) -> Result<(), StoreError> {
        condition_held(self.table.write_contended(write).await).map(drop)
    }
}

/// Takes the lease that was seen. Whoever got one since looks at the ledger before it merges.
fn take_lease(key: &Key, item: &Attributes) -> Option<Write> {
    const OWNER: &str = "lease_owner";
    let seen = Attributes::from([(OWNER.to_owned(), item.get(OWNER)?.clone())]);
    Some(Write::update(key, REMOVE_LEASE).only_over(&seen))
}

fn empty_memory(key: &Key, day: Day, purged_version: u64) -> Write {
    Write::update(key, "REMOVE #text, input_hash, facts_hash, day_versions, built_at")
        .only_if("attribute_exists(day_versions) AND day_versions.#day < :purged")
        .name("#text", "text")
        .name("#day", day.to_string())
        .value(":purged", number(purged_version))
}

/// `None` if there are no words in it. Whatever has been put there since is from after the deletion.
fn empty_unreadable(key: &Key, item: &Attributes) -> Option<Write> {
    let words = possible_words(item);
    let placeholders: Vec<String> = (0..words.len()).map(|n| format!("#gone{n}")).collect();
    let remove = Write::update(key, &format!("REMOVE {}", placeholders.join(", "))).only_over(&words);
    let write = placeholders.iter().zip(words.keys()).fold(remove, |write, (gone, name)| write.name(gone, name));
    (!words.is_empty()).then_some(write)
}

/// Everybody who ever was in a summary of a day.
#[derive(Deserialize)]
struct PeopleItem {
    people: BTreeSet<UserId>,
}
