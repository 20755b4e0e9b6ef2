//! The record of a guild-day: ledger and summary. A large summary has its texts in parts:
//!
//! ```text
//! commit     put PART#b#0, PART#b#1 ──▶ put SUMMARY (generation b) ──▶ delete PART#a#…
//! reader                    read SUMMARY (generation a) ──▶ read PART#a#… ──▶ gone: read SUMMARY again (b) ──▶ PART#b#…
//! ```

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::try_join_all;
use jiff::Timestamp;

use super::{
    MemoryTable, MessagesTable,
    batch_get::{Items, batch_get, batch_get_all},
    corrupt,
    errors::store_error,
    items::{LedgerItem, PartItem, Parts, SummaryItem, decode, encode},
    keys::Key,
};
use crate::{
    domain::{Day, DayRecord, DaySummary, GuildId, Ledger, UserId},
    ports::{CommitDaySummary, ReadDay, StoreError},
};

/// Bytes of texts in one item, of the 400 KB that an item may have.
const MAX_TEXT_BYTES: usize = 350 * 1024;
/// How often a summary is read again because its parts were replaced meanwhile.
const MAX_ATTEMPTS: u32 = 3;

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
    async fn commit_summary(&self, guild: GuildId, day: Day, summary: &DaySummary) -> Result<(), StoreError> {
        self.memory.commit(guild, day, summary).await
    }
}

impl MemoryTable {
    pub(super) async fn ledger(&self, guild: GuildId, day: Day) -> Result<Option<Ledger>, StoreError> {
        let key = Key::ledger(guild, day);
        let mut items = batch_get(&self.client, &self.table, vec![key.clone()]).await?;
        items.remove(&key).map(|item| decode::<LedgerItem>(&key, item).map(Ledger::from)).transpose()
    }

    /// The record of a day whose ledger and summary were read into `items`.
    pub(super) async fn day_record(
        &self,
        guild: GuildId,
        day: Day,
        items: &mut Items,
    ) -> Result<DayRecord, StoreError> {
        let key = Key::ledger(guild, day);
        let ledger = items.remove(&key).map(|item| decode::<LedgerItem>(&key, item)).transpose()?;
        let key = Key::summary(guild, day);
        let summary = items.remove(&key).map(|item| decode::<SummaryItem>(&key, item)).transpose()?;
        let summary = match summary {
            Some(summary) => self.with_parts(guild, day, summary).await?,
            None => None,
        };
        Ok(DayRecord { ledger: ledger.map(Ledger::from), summary })
    }

    /// The summary with all its texts, wherever they are; a later one if it was replaced meanwhile.
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
            match again.remove(&key) {
                Some(item) => summary = decode(&key, item)?,
                None => return Ok(None),
            }
        }
        Err(corrupt(&key))
    }

    /// The texts of all parts, or `None` if one is missing.
    async fn texts_of(
        &self,
        guild: GuildId,
        day: Day,
        parts: &Parts,
    ) -> Result<Option<BTreeMap<UserId, String>>, StoreError> {
        let keys: Vec<Key> = parts.keys(guild, day).collect();
        let mut items = batch_get_all(&self.client, &self.table, &keys).await?;
        let mut texts = BTreeMap::new();
        for key in keys {
            let Some(item) = items.remove(&key) else { return Ok(None) };
            texts.extend(decode::<PartItem>(&key, item)?.texts);
        }
        Ok(Some(texts))
    }

    async fn commit(&self, guild: GuildId, day: Day, summary: &DaySummary) -> Result<(), StoreError> {
        let (texts, parts) = self.place_texts(guild, day, summary).await?;
        let result = self.put_summary(guild, day, SummaryItem::new(summary, texts, parts.clone())).await;
        // What nobody refers to any more: the parts of the summary that was replaced, or of this one if it came too late.
        let (orphaned, result) = match result {
            Ok(replaced) => (replaced, Ok(())),
            Err(StoreError::Conflict) => (parts, Err(StoreError::Conflict)),
            Err(error) => (None, Err(error)),
        };
        if let Some(orphaned) = orphaned {
            let deletions = orphaned.keys(guild, day).map(|key| self.delete(key));
            if let Err(error) = try_join_all(deletions).await {
                tracing::warn!(event = "parts_left", %guild, date = %day, "{error}");
            }
        }
        result
    }

    /// The texts as they go into the summary itself; too many are written as parts first.
    async fn place_texts(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
    ) -> Result<(BTreeMap<UserId, String>, Option<Parts>), StoreError> {
        let mut pieces = pieces(&summary.texts);
        if pieces.len() <= 1 {
            return Ok((pieces.pop().unwrap_or_default(), None));
        }
        let generation = ulid::Ulid::from_parts(millisecond(summary.built_at), fastrand::u128(..)).to_string();
        let parts = Parts { generation, count: pieces.len() as u32 };
        let puts = parts.keys(guild, day).zip(pieces).map(|(key, texts)| async move {
            let item = encode(&key, PartItem { texts })?;
            let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
            put.send().await.map(drop).map_err(store_error)
        });
        try_join_all(puts).await?;
        Ok((BTreeMap::new(), Some(parts)))
    }

    /// Replaces the summary unless a later version is there, and tells where the texts of the one before are.
    async fn put_summary(&self, guild: GuildId, day: Day, item: SummaryItem) -> Result<Option<Parts>, StoreError> {
        let key = Key::summary(guild, day);
        let version = item.version;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(&key, item)?))
            .condition_expression("attribute_not_exists(version) OR version <= :version")
            .expression_attribute_values(":version", AttributeValue::N(version.to_string()))
            .return_values(ReturnValue::AllOld);
        let replaced = put.send().await.map_err(store_error)?.attributes;
        Ok(replaced.and_then(|item| decode::<SummaryItem>(&key, item).ok()).and_then(|item| item.parts))
    }

    async fn delete(&self, key: Key) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
        request.send().await.map(drop).map_err(store_error)
    }
}

impl Parts {
    fn keys(&self, guild: GuildId, day: Day) -> impl Iterator<Item = Key> {
        (0..self.count).map(move |n| Key::part(guild, day, &self.generation, n))
    }
}

fn millisecond(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

/// Texts in pieces that fit into an item each.
fn pieces(texts: &BTreeMap<UserId, String>) -> Vec<BTreeMap<UserId, String>> {
    const KEY_BYTES: usize = 24;
    let mut pieces: Vec<BTreeMap<UserId, String>> = Vec::new();
    let mut bytes = 0;
    for (user, text) in texts {
        bytes += text.len() + KEY_BYTES;
        match pieces.last_mut() {
            Some(piece) if bytes <= MAX_TEXT_BYTES => drop(piece.insert(*user, text.clone())),
            _ => {
                bytes = text.len() + KEY_BYTES;
                pieces.push(BTreeMap::from([(*user, text.clone())]));
            }
        }
    }
    pieces
}
