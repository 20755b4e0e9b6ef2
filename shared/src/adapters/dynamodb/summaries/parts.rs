//! The texts of a summary that is too large for one item.
//!
//! ```text
//! commit     put PART#b#0, PART#b#1 ──▶ put SUMMARY (generation b) ──▶ delete all other generations
//! reader                    read SUMMARY (generation a) ──▶ read PART#a#… ──▶ gone: read SUMMARY again (b) ──▶ PART#b#…
//! ```
//!
//! Each part is put in a transaction with the conditions of the commit, so that whoever lost the lease, or summarized words
//! that were deleted since, leaves nothing behind. A generation begins with the version it was made from: a purge takes all
//! from before it, and none that a faster builder has put meanwhile.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use serde::{Deserialize, Serialize};

use super::{days::unchanged_since, summary::Parts};
use crate::adapters::dynamodb::{
    MemoryTable,
    attributes::{Attributes, decode, encode},
    keys::{self, Key},
    table::{
        batch_get::batch_get_all,
        contention::despite_others,
        errors::{store_error, transaction_error},
    },
};
use crate::{
    domain::{AttemptId, Day, DaySummary, GuildId, UserId},
    ports::StoreError,
};

/// Bytes of texts in one item, of the 400 KB that an item may have.
pub(crate) const MAX_TEXT_BYTES: usize = 350 * 1024;
/// What a person's key takes beside the text.
const KEY_BYTES: usize = 24;
/// How long the parts of an open day's summary outlive it: longer than any window, since they stay when the summary is renewed
/// as final. Should nobody ever ask again, they go too.
const OPEN_PART_LIFE: jiff::SignedDuration = jiff::SignedDuration::from_hours(45 * 24);
/// Parts deleted at the same time.
const CONCURRENT_DELETIONS: usize = 16;

/// Whose commit, and of what.
pub(crate) struct Commit<'a> {
    pub(crate) guild: GuildId,
    pub(crate) day: Day,
    pub(crate) summary: &'a DaySummary,
    pub(crate) attempt: &'a AttemptId,
}

impl MemoryTable {
    /// The texts as they go into the summary itself; too many are put as parts first.
    pub(crate) async fn place_texts(
        &self,
        commit: &Commit<'_>,
    ) -> Result<(BTreeMap<UserId, String>, Option<Parts>), StoreError> {
        let mut pieces = pieces(&commit.summary.texts);
        if pieces.len() <= 1 {
            return Ok((pieces.pop().unwrap_or_default(), None));
        }
        let generation = keys::generation(commit.summary.version, commit.attempt);
        let parts = Parts { generation, count: pieces.len() as u32 };
        let puts =
            parts.keys(commit.guild, commit.day).zip(pieces).map(|(key, texts)| self.put_part(commit, key, texts));
        try_join_all(puts).await?;
        Ok((BTreeMap::new(), Some(parts)))
    }

    async fn put_part(&self, commit: &Commit<'_>, key: Key, texts: BTreeMap<UserId, String>) -> Result<(), StoreError> {
        let expires_at = commit.summary.expires_at.map(|end| (end + OPEN_PART_LIFE).as_second());
        let item = encode(&key, PartItem { texts, expires_at })?;
        let ledger = Key::ledger(commit.guild, commit.day);
        self.put_under_lease(item, &ledger, commit.summary.version, commit.attempt).await
    }

    /// Puts an item on the conditions of the commit that is to follow.
    pub(crate) async fn put_under_lease(
        &self,
        item: Attributes,
        ledger: &Key,
        version: u64,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build();
        let put = put.map_err(|_| StoreError::Refused { reason: "incomplete request".to_owned() })?;
        let check = unchanged_since(&self.table, ledger, version, attempt)?;
        despite_others(|| async {
            let request = self.client.transact_write_items();
            let request = request.transact_items(TransactWriteItem::builder().put(put.clone()).build());
            let request = request.transact_items(TransactWriteItem::builder().condition_check(check.clone()).build());
            request.send().await.map(drop).map_err(transaction_error)
        })
        .await
    }

    /// The texts of all parts, or `None` if one is missing.
    pub(crate) async fn texts_of(
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

    /// Deletes the parts of a day that `is_orphan` says of their generation.
    pub(crate) async fn delete_parts(
        &self,
        guild: GuildId,
        day: Day,
        is_orphan: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let items = self.of_day(guild, day, keys::PART_PREFIX).await?;
        let keys = items.iter().filter_map(Key::of);
        self.delete_all(keys.filter(|key| key.generation().is_some_and(&is_orphan))).await
    }

    /// What of a day has a sort key that begins so: keys and versions.
    pub(crate) async fn of_day(&self, guild: GuildId, day: Day, prefix: &str) -> Result<Vec<Attributes>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::parts_partition(guild, day)))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
            .projection_expression("pk, sk, version")
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            found.extend(page.map_err(store_error)?.items.unwrap_or_default());
        }
        Ok(found)
    }

    pub(crate) async fn delete_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), StoreError> {
        let deletions: Vec<_> = keys.into_iter().map(|key| self.delete(key)).collect();
        stream::iter(deletions).buffer_unordered(CONCURRENT_DELETIONS).try_collect().await
    }

    async fn delete(&self, key: Key) -> Result<(), StoreError> {
        despite_others(|| async {
            let request = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
            request.send().await.map(drop).map_err(store_error)
        })
        .await
    }
}

impl Parts {
    fn keys(&self, guild: GuildId, day: Day) -> impl Iterator<Item = Key> {
        (0..self.count).map(move |n| Key::part(guild, day, &self.generation, n))
    }
}

/// Texts in pieces that fit into an item each.
fn pieces(texts: &BTreeMap<UserId, String>) -> Vec<BTreeMap<UserId, String>> {
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

/// One part of a large summary.
#[derive(Serialize, Deserialize)]
pub(crate) struct PartItem {
    pub(crate) texts: BTreeMap<UserId, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
}
