//! How far the channels of a guild were read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::{at_second, corrupt, decode, encode},
    keys::{self, Key},
    table::errors::store_error,
};
use crate::{
    domain::{ChannelId, Cursor, GuildId, MessageId, Review},
    ports::{KeepCursors, StoreError},
};

impl KeepCursors for MemoryTable {
    async fn cursors(&self, guild: GuildId) -> Result<BTreeMap<ChannelId, Cursor>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::guild_partition(guild)))
            .expression_attribute_values(":prefix", AttributeValue::S(keys::CHANNEL_PREFIX.to_owned()))
            .into_paginator()
            .send();
        let mut cursors = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(store_error)?.items.unwrap_or_default() {
                let Some(key) = Key::of(&item) else { continue };
                let channel = key.channel_id().ok_or_else(|| corrupt(&key))?;
                cursors.insert(channel, decode::<CursorItem>(&key, item)?.into_cursor(&key)?);
            }
        }
        Ok(cursors)
    }

    async fn keep_cursor(&self, guild: GuildId, channel: ChannelId, cursor: &Cursor) -> Result<(), StoreError> {
        let key = Key::channel(guild, channel);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(&key, CursorItem::new(cursor))?))
            .condition_expression("attribute_not_exists(read_to) OR read_to <= :read_to")
            .expression_attribute_values(":read_to", AttributeValue::S(keys::padded(cursor.after)));
        match put.send().await.map_err(store_error) {
            Err(StoreError::Conflict) => Ok(()), // somebody else came further meanwhile
            result => result.map(drop),
        }
    }

    async fn forget_cursor(&self, guild: GuildId, channel: ChannelId) -> Result<(), StoreError> {
        let key = Key::channel(guild, channel);
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
        delete.send().await.map(drop).map_err(store_error)
    }
}

impl KeepCursors for MessagesTable {
    async fn cursors(&self, guild: GuildId) -> Result<BTreeMap<ChannelId, Cursor>, StoreError> {
        self.memory.cursors(guild).await
    }

    async fn keep_cursor(&self, guild: GuildId, channel: ChannelId, cursor: &Cursor) -> Result<(), StoreError> {
        self.memory.keep_cursor(guild, channel, cursor).await
    }

    async fn forget_cursor(&self, guild: GuildId, channel: ChannelId) -> Result<(), StoreError> {
        self.memory.forget_cursor(guild, channel).await
    }
}

/// How far a channel was read.
#[derive(Serialize, Deserialize)]
pub(crate) struct CursorItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ChannelId>,
    read_to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete_at: Option<MessageId>,
    reviewed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review: Option<ReviewItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forbidden_until: Option<Timestamp>,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ReviewItem {
    begun_at: Timestamp,
    reviewed_to: MessageId,
}

impl CursorItem {
    pub(crate) fn new(cursor: &Cursor) -> Self {
        Self {
            parent: cursor.parent,
            read_to: keys::padded(cursor.after),
            complete_at: cursor.complete_at,
            reviewed_at: cursor.reviewed_at,
            review: cursor.review.map(|Review { begun_at, after }| ReviewItem { begun_at, reviewed_to: after }),
            forbidden_until: cursor.forbidden_until,
            expires_at: cursor.expires_at.as_second(),
        }
    }

    pub(crate) fn into_cursor(self, key: &Key) -> Result<Cursor, StoreError> {
        Ok(Cursor {
            parent: self.parent,
            after: keys::unpadded(&self.read_to).ok_or_else(|| corrupt(key))?,
            complete_at: self.complete_at,
            reviewed_at: self.reviewed_at,
            review: self.review.map(|ReviewItem { begun_at, reviewed_to }| Review { begun_at, after: reviewed_to }),
            forbidden_until: self.forbidden_until,
            expires_at: at_second(self.expires_at),
        })
    }
}
