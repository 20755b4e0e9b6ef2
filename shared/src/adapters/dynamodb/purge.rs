//! Removes what was made from messages that were deleted (DESIGN rule 19).
//!
//! ```text
//! ingest   tombstone, ledger: purged_version 6 ──▶ memories of everybody in the summary ──▶ parts ──▶ summary
//! builder      ── commit of version 5: refused, purged_version is 6
//! merge        ── commit of a memory that used version 5: refused likewise
//! ```
//!
//! So nothing made from before can be written once the ledger says so, and what was written before is found here. The summary
//! goes last: it names the people, should this die in between.

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    MemoryTable, MessagesTable,
    batch_get::batch_get_all,
    errors::store_error,
    items::{MemoryItem, decode},
    keys::{self, Key},
};
use crate::{
    domain::{Day, GuildId},
    ports::{PurgeDay, ReadDay as _, StoreError},
};

/// Memories deleted at the same time.
const CONCURRENT_DELETIONS: usize = 16;

impl PurgeDay for MessagesTable {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let record = self.memory.read_day(guild, day).await?;
        let people = record.summary.iter().flat_map(|summary| &summary.people);
        let memories: Vec<Key> = people.map(|user| Key::memory(guild, *user)).collect();
        self.memory.purge_memories(&memories, day, purged_version).await?;
        self.memory.delete_parts(guild, day, |generation| keys::version_of(generation) < Some(purged_version)).await?;
        self.memory.delete_if(&Key::summary(guild, day), "version < :purged", None, purged_version).await
    }
}

impl MemoryTable {
    /// Deletes those memories that used the day before the purge.
    async fn purge_memories(&self, keys: &[Key], day: Day, purged_version: u64) -> Result<(), StoreError> {
        let items = batch_get_all(&self.client, &self.table, keys).await?;
        let holds_words = |(key, item): (Key, _)| {
            let memory = decode::<MemoryItem>(&key, item).ok();
            memory.is_none_or(|memory| memory.used_before(day, purged_version)).then_some(key)
        };
        let condition = "attribute_not_exists(day_versions) OR day_versions.#day < :purged";
        let deletions: Vec<_> = items
            .into_iter()
            .filter_map(holds_words)
            .map(|key| async move { self.delete_if(&key, condition, Some(day), purged_version).await })
            .collect();
        stream::iter(deletions).buffer_unordered(CONCURRENT_DELETIONS).try_collect().await
    }

    async fn delete_if(
        &self,
        key: &Key,
        condition: &str,
        day: Option<Day>,
        purged_version: u64,
    ) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .expression_attribute_values(":purged", AttributeValue::N(purged_version.to_string()));
        let delete = match day {
            Some(day) => delete.expression_attribute_names("#day", day.to_string()),
            None => delete,
        };
        match delete.send().await.map_err(store_error) {
            Err(StoreError::Conflict) => Ok(()), // it is a later one by now, or gone
            result => result.map(drop),
        }
    }
}
