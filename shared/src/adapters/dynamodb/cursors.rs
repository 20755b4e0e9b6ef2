//! How far the channels of a guild were read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    MemoryTable, MessagesTable, corrupt,
    errors::store_error,
    items::{CursorItem, decode, encode},
    keys::{self, Key},
};
use crate::{
    domain::{ChannelId, Cursor, GuildId},
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
