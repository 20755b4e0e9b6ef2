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

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::decode,
    keys::{self, Key},
    people::memory::MemoryItem,
    table::{
        batch_get::{batch_get, batch_get_all},
        contention::despite_others,
        errors::store_error,
    },
};
use crate::{
    domain::{Day, GuildId, UserId},
    ports::{PurgeDay, StoreError},
};

/// Memories emptied at the same time.
const CONCURRENT_PURGES: usize = 16;

impl PurgeDay for MessagesTable {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let key = Key::day_people(guild, day);
        let mut items = batch_get(&self.memory.client, &self.memory.table, vec![key.clone()]).await?;
        let people = items.remove(&key).map(|item| decode::<PeopleItem>(&key, item)).transpose()?;
        let people = people.map(|item| item.people).unwrap_or_default();
        let memories: Vec<Key> = people.into_iter().map(|user| Key::memory(guild, user)).collect();
        self.memory.purge_memories(&memories, day, purged_version).await?;
        self.memory.delete_parts(guild, day, |generation| keys::version_of(generation) < Some(purged_version)).await?;
        self.memory.delete_chunks(guild, day, purged_version).await?;
        self.memory.delete_summary(&Key::summary(guild, day), purged_version).await
    }
}

impl MemoryTable {
    /// Empties those memories that used the day before the purge. A lease on one stays: whoever merges right now looks at the
    /// ledger before it commits.
    async fn purge_memories(&self, keys: &[Key], day: Day, purged_version: u64) -> Result<(), StoreError> {
        let items = batch_get_all(&self.client, &self.table, keys).await?;
        let holds_words = |(key, item): (Key, _)| {
            let memory = decode::<MemoryItem>(&key, item).ok();
            memory.is_none_or(|memory| memory.used_before(day, purged_version)).then_some(key)
        };
        let purges: Vec<_> = items
            .into_iter()
            .filter_map(holds_words)
            .map(|key| async move { self.empty_memory(&key, day, purged_version).await })
            .collect();
        stream::iter(purges).buffer_unordered(CONCURRENT_PURGES).try_collect().await
    }

    async fn empty_memory(&self, key: &Key, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let emptied = despite_others(|| async {
            let update = self
                .update(key)
                .update_expression("REMOVE #text, input_hash, facts_hash, day_versions, built_at")
                .condition_expression("attribute_exists(day_versions) AND day_versions.#day < :purged")
                .expression_attribute_names("#text", "text")
                .expression_attribute_names("#day", day.to_string())
                .expression_attribute_values(":purged", number(purged_version));
            update.send().await.map(drop).map_err(store_error)
        });
        unless_it_is_another_by_now(emptied.await)
    }

    async fn delete_summary(&self, key: &Key, purged_version: u64) -> Result<(), StoreError> {
        let deleted = despite_others(|| async {
            let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
            let delete = delete
                .condition_expression("version < :purged")
                .expression_attribute_values(":purged", number(purged_version));
            delete.send().await.map(drop).map_err(store_error)
        });
        unless_it_is_another_by_now(deleted.await)
    }
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn unless_it_is_another_by_now(result: Result<(), StoreError>) -> Result<(), StoreError> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        result => result,
    }
}

/// Everybody who ever was in a summary of a day.
#[derive(Deserialize)]
pub(crate) struct PeopleItem {
    pub(crate) people: BTreeSet<UserId>,
}
