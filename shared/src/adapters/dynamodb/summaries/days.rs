//! The record of a guild-day: ledger and summary.
//!
//! ```text
//! builder    acquire the lease ──▶ read ledger v5 ──▶ read messages ──▶ model ──▶ put SUMMARY (v5) and drop the lease,
//!                                                                                 if it is mine and purged_version <= 5
//! ingest                                      a message: ledger v6 ──▶ the commit stands, and is outdated for a closed day
//! ingest                                      a deletion: ledger v6, purged_version 6 ──▶ the commit is refused
//! ```

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};
use jiff::Timestamp;

use super::{parts::Commit, summary::SummaryItem};
use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::{Attributes, decode, encode},
    keys::{self, Key},
    leases::owner,
    messages::ledger::LedgerItem,
    table::{
        batch_get::{Items, batch_get},
        contention::despite_others,
        errors::{store_error, transaction_error},
    },
};
use crate::{
    domain::{AttemptId, Day, DayRecord, DaySummary, GuildId, Ledger},
    ports::{CommitDaySummary, ReadDay, StoreError},
};

/// How often a summary is read again because its parts were replaced meanwhile.
const MAX_ATTEMPTS: u32 = 3;
/// The lease is mine, and nothing was deleted since the version that was summarized.
const MAY_COMMIT: &str = "lease_owner = :owner AND purged_version <= :version";

impl ReadDay for MemoryTable {
    async fn read_day(&self, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
        let keys = vec![Key::ledger(guild, day), Key::summary(guild, day)];
        let mut items = batch_get(&self.client, &self.table, keys).await?;
        self.day_record(guild, day, &mut items).await
    }
}

impl ReadDay for MessagesTable {
    async fn read_day(&self, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
        self.memory.read_day(guild, day).await
    }
}

impl CommitDaySummary for MessagesTable {
    async fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        self.memory.commit(&Commit { guild, day, summary, attempt }).await
    }

    async fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        despite_others(|| async {
            let update = self.memory.update(&Key::summary(guild, day));
            let update = match expires_at {
                None => update.update_expression("REMOVE expires_at"),
                Some(end) => update
                    .update_expression("SET expires_at = :end")
                    .expression_attribute_values(":end", AttributeValue::N(end.as_second().to_string())),
            };
            let update = update
                .condition_expression("built_at = :built_at")
                .expression_attribute_values(":built_at", AttributeValue::S(seen.built_at.to_string()));
            update.send().await.map(drop).map_err(store_error)
        })
        .await
    }
}

impl MemoryTable {
    pub(crate) async fn ledger(&self, guild: GuildId, day: Day) -> Result<Option<Ledger>, StoreError> {
        let key = Key::ledger(guild, day);
        let mut items = batch_get(&self.client, &self.table, vec![key.clone()]).await?;
        items.remove(&key).map(|item| decode::<LedgerItem>(&key, item).map(|item| item.ledger())).transpose()
    }

    /// The record of a day whose ledger and summary were read into `items`.
    pub(crate) async fn day_record(
        &self,
        guild: GuildId,
        day: Day,
        items: &mut Items,
    ) -> Result<DayRecord, StoreError> {
        let key = Key::ledger(guild, day);
        let ledger = items.remove(&key).map(|item| decode::<LedgerItem>(&key, item)).transpose()?;
        let key = Key::summary(guild, day);
        let summary = match items.remove(&key).and_then(|item| readable(&key, item)) {
            Some(summary) => self.with_parts(guild, day, summary).await?,
            None => None,
        };
        let making = ledger.as_ref().map(LedgerItem::making).unwrap_or_default();
        Ok(DayRecord { ledger: ledger.map(|item| item.ledger()), summary, making })
    }

    /// The summary with all its texts, wherever they are; a later one if it was replaced meanwhile. One whose parts are gone
    /// is gone too: it is made anew.
    async fn with_parts(
        &self,
        guild: GuildId,
        day: Day,
        mut summary: SummaryItem,
    ) -> Result<Option<DaySummary>, StoreError> {
        let key = Key::summary(guild, day);
        for _ in 0..MAX_ATTEMPTS {
            let Some(parts) = &summary.parts else { return Ok(Some(summary.into_summary())) };
            if let Some(texts) = self.texts_of(guild, day, parts).await? {
                summary.texts = texts;
                return Ok(Some(summary.into_summary()));
            }
            let mut again = batch_get(&self.client, &self.table, vec![key.clone()]).await?;
            match again.remove(&key).and_then(|item| readable(&key, item)) {
                Some(item) => summary = item,
                None => return Ok(None),
            }
        }
        tracing::warn!(event = "item_unreadable", item = %key);
        Ok(None)
    }

    async fn commit(&self, commit: &Commit<'_>) -> Result<(), StoreError> {
        let Commit { guild, day, .. } = *commit;
        let (texts, parts) = self.place_texts(commit).await?;
        self.put_summary(commit, SummaryItem::new(commit.summary, texts, parts)).await?;
        // What nobody refers to any more: earlier generations, and what dead builders left. Whoever has the lease by now is
        // safe: the name of a later attempt's generation sorts after this one's.
        let mine = keys::generation(commit.summary.version, commit.attempt);
        let is_orphan = |generation: &str| generation < mine.as_str();
        if let Err(error) = self.delete_parts(guild, day, is_orphan).await {
            tracing::warn!(event = "parts_left", %guild, date = %day, "{error}");
        }
        Ok(())
    }

    async fn put_summary(&self, commit: &Commit<'_>, item: SummaryItem) -> Result<(), StoreError> {
        let refused = |_| StoreError::Refused { reason: "incomplete request".to_owned() };
        let key = Key::summary(commit.guild, commit.day);
        let put =
            Put::builder().table_name(&self.table).set_item(Some(encode(&key, item)?)).build().map_err(refused)?;
        let drop_lease = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::ledger(commit.guild, commit.day).attributes()))
            .update_expression("REMOVE lease_owner, lease_until")
            .condition_expression(MAY_COMMIT)
            .expression_attribute_values(":owner", owner(commit.attempt))
            .expression_attribute_values(":version", AttributeValue::N(commit.summary.version.to_string()))
            .build()
            .map_err(refused)?;
        let mut writes = vec![
            TransactWriteItem::builder().put(put).build(),
            TransactWriteItem::builder().update(drop_lease).build(),
        ];
        let people: Vec<String> = commit.summary.texts.keys().map(ToString::to_string).collect();
        if !people.is_empty() {
            let note_people = Update::builder()
                .table_name(&self.table)
                .set_key(Some(Key::day_people(commit.guild, commit.day).attributes()))
                .update_expression("ADD people :people")
                .expression_attribute_values(":people", AttributeValue::Ss(people))
                .build()
                .map_err(refused)?;
            writes.push(TransactWriteItem::builder().update(note_people).build());
        }
        despite_others(|| async {
            let request = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            request.send().await.map(drop).map_err(transaction_error)
        })
        .await
    }
}

/// The conditions of a commit, for what is written before it.
pub(crate) fn unchanged_since(
    table: &str,
    ledger: &Key,
    version: u64,
    attempt: &AttemptId,
) -> Result<ConditionCheck, StoreError> {
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(ledger.attributes()))
        .condition_expression(MAY_COMMIT)
        .expression_attribute_values(":owner", owner(attempt))
        .expression_attribute_values(":version", AttributeValue::N(version.to_string()))
        .build()
        .map_err(|_| StoreError::Refused { reason: "incomplete request".to_owned() })
}

/// A summary can be made again: one that cannot be read is as good as none.
fn readable(key: &Key, item: Attributes) -> Option<SummaryItem> {
    decode(key, item).inspect_err(|_| tracing::warn!(event = "item_unreadable", item = %key)).ok()
}
