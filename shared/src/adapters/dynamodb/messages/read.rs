//! Reads what people wrote, and where.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Select};

use super::item::decode_message;
use crate::adapters::dynamodb::{MessagesTable, keys, table::errors::store_error};
use crate::{
    domain::{ChannelId, Day, GuildId, StoredMessage},
    ports::{ChannelsOfDay, ReadChannelsOfDay, ReadMessages, StoreError},
};

impl ReadMessages for MessagesTable {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let mut pages = self
            .memory
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::messages_partition(guild, day)))
            .into_paginator()
            .send();
        let mut messages = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(store_error)?.items.unwrap_or_default() {
                messages.push(decode_message(item)?.1);
            }
        }
        messages.retain(|stored| stored.message.is_some());
        Ok(messages)
    }
}

/// It asks for no attribute that says what was written: the policy of `respond` allows no other.
impl ReadChannelsOfDay for MessagesTable {
    async fn channels_of_day(&self, guild: GuildId, date: Day) -> Result<ChannelsOfDay, StoreError> {
        let mut pages = self
            .memory
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::messages_partition(guild, date)))
            .select(Select::SpecificAttributes)
            .projection_expression("channel")
            .into_paginator()
            .send();
        let mut day = ChannelsOfDay::default();
        while let Some(page) = pages.next().await {
            for item in page.map_err(store_error)?.items.unwrap_or_default() {
                if let Some(channel) = channel(&item)? {
                    day.channels.insert(channel);
                    day.messages += 1;
                }
            }
        }
        Ok(day)
    }
}

/// A tombstone has none.
fn channel(item: &HashMap<String, AttributeValue>) -> Result<Option<ChannelId>, StoreError> {
    let unreadable = || StoreError::Corrupt { item: "message of the day".to_owned() };
    let Some(channel) = item.get("channel") else { return Ok(None) };
    let text = channel.as_s().map_err(|_| unreadable())?;
    text.parse().map(Some).map_err(|_| unreadable())
}
