//! The merged memories, and their commits.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapters::dynamodb::{
    MemoryTable,
    attributes::{at_second, encode},
    keys::Key,
    leases::{MakingItem, owner},
    table::{contention::despite_others, errors::transaction_error},
};
use crate::{
    domain::{AttemptId, Day, GuildId, MEMORY_LIFE, Making, Memory, Usage, UserId},
    ports::{CommitMemory, StoreError},
};

impl CommitMemory for MemoryTable {
    async fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let refused = |_| StoreError::Refused { reason: "incomplete request".to_owned() };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(encode(&Key::memory(guild, user), MemoryItem::new(memory))?))
            .condition_expression("lease_owner = :owner")
            .expression_attribute_values(":owner", owner(attempt))
            .build()
            .map_err(refused)?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        for (day, version) in &memory.day_versions {
            let check = ConditionCheck::builder()
                .table_name(&self.table)
                .set_key(Some(Key::ledger(guild, *day).attributes()))
                .condition_expression("purged_version <= :version")
                .expression_attribute_values(":version", AttributeValue::N(version.to_string()))
                .build()
                .map_err(refused)?;
            writes.push(TransactWriteItem::builder().condition_check(check).build());
        }
        despite_others(|| async {
            let request = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            request.send().await.map(drop).map_err(transaction_error)
        })
        .await
    }
}

/// A merged memory, or only the lease of one that is being merged.
#[derive(Serialize, Deserialize)]
pub(crate) struct MemoryItem {
    #[serde(flatten)]
    memory: Option<MergedItem>,
    #[serde(flatten, skip_serializing)]
    making: MakingItem,
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
    expires_at: i64,
}

impl MemoryItem {
    pub(crate) fn new(memory: &Memory) -> Self {
        let merged = MergedItem {
            text: memory.text.clone(),
            input_hash: memory.input_hash.clone(),
            facts_hash: memory.facts_hash.clone(),
            day_versions: memory.day_versions.clone(),
            model: memory.model.clone(),
            usage: memory.usage,
            built_at: memory.built_at,
            expires_at: memory.expires_at.as_second(),
        };
        Self { memory: Some(merged), making: MakingItem::default() }
    }

    pub(crate) fn making(&self) -> Making {
        self.making.making()
    }

    /// Whether it was merged from that day before the version.
    pub(crate) fn used_before(&self, day: Day, version: u64) -> bool {
        self.memory.as_ref().and_then(|memory| memory.day_versions.get(&day)).is_some_and(|used| *used < version)
    }

    pub(crate) fn into_memory(self) -> Option<Memory> {
        self.memory.map(|item| Memory {
            text: item.text,
            input_hash: item.input_hash,
            facts_hash: item.facts_hash,
            day_versions: item.day_versions,
            model: item.model,
            usage: item.usage,
            built_at: item.built_at,
            // A lease on the item prolongs the item's life, not the memory's.
            expires_at: at_second(item.expires_at).min(item.built_at + MEMORY_LIFE),
        })
    }
}
