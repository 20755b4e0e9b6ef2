//! Messages, and the ledger that changes with them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Put, Select, TransactWriteItem, Update};

use super::{
    MessagesTable,
    batch_get::batch_get_all,
    contention::despite_others,
    corrupt,
    errors::{store_error, transaction_error},
    items::{Attributes, StoredMessageItem, decode, encode},
    keys::{self, Key},
};
use crate::{
    domain::{ChannelId, Day, GuildId, Ledger, MessageId, StoredMessage, batch::Change},
    ports::{ChannelsOfDay, DayChange, ReadChannelsOfDay, ReadMessages, StoreError, StoredDay, WriteMessages},
};

/// A new item must not be there; one that has expired is as good as gone (DESIGN rule 3).
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now";

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

impl WriteMessages for MessagesTable {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let ledger = self.memory.ledger(guild, day).await?;
        let keys: Vec<Key> = ids.iter().map(|id| Key::message(guild, *id)).collect();
        let items = batch_get_all(&self.memory.client, &self.table, &keys).await?;
        let messages: Result<BTreeMap<_, _>, _> = items.into_values().map(decode_message).collect();
        Ok(StoredDay { ledger, messages: messages? })
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        let mut writes = Vec::with_capacity(change.changes.len() + 1);
        for one in change.changes {
            writes.push(TransactWriteItem::builder().put(self.put(guild, one, &change)?).build());
        }
        if let Some(next) = change.next {
            let ledger = self.update_ledger(&Key::ledger(guild, day), change.seen, next)?;
            writes.push(TransactWriteItem::builder().update(ledger).build());
        }
        despite_others(|| async {
            let request = self.memory.client.transact_write_items().set_transact_items(Some(writes.clone()));
            request.send().await.map(drop).map_err(transaction_error)
        })
        .await
    }
}

impl MessagesTable {
    fn put(&self, guild: GuildId, one: &Change, change: &DayChange<'_>) -> Result<Put, StoreError> {
        let id = one.id();
        let item = match one {
            Change::Store(message) => StoredMessageItem::live(message, change.expires_at),
            Change::Update(message) => {
                let first = change.stored.get(&id).map_or(change.expires_at, |stored| stored.expires_at);
                StoredMessageItem::live(message, first)
            }
            Change::Delete(_) | Change::Bury(_) => StoredMessageItem::tombstone(change.expires_at),
        };
        let put = Put::builder().table_name(&self.table).set_item(Some(encode(&Key::message(guild, id), item)?));
        let put = match one {
            Change::Store(_) | Change::Bury(_) => put
                .condition_expression(IS_NEW)
                .expression_attribute_values(":now", AttributeValue::N(change.now.as_second().to_string())),
            // What is there can only change together with the ledger, which has its own condition.
            Change::Update(_) | Change::Delete(_) => put,
        };
        put.build().map_err(|_| StoreError::Refused { reason: "incomplete request".to_owned() })
    }

    fn update_ledger(&self, key: &Key, seen: Option<Ledger>, next: Ledger) -> Result<Update, StoreError> {
        let number = |value: u64| AttributeValue::N(value.to_string());
        let update = Update::builder()
            .table_name(&self.memory.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET version = :version, purged_version = :purged, message_count = :messages")
            .expression_attribute_values(":version", number(next.version))
            .expression_attribute_values(":purged", number(next.purged_version))
            .expression_attribute_values(":messages", number(next.message_count));
        let update = match seen {
            None => update.condition_expression("attribute_not_exists(version)"),
            Some(seen) => update
                .condition_expression("version = :seen")
                .expression_attribute_values(":seen", number(seen.version)),
        };
        update.build().map_err(|_| StoreError::Refused { reason: "incomplete request".to_owned() })
    }
}

fn decode_message(item: Attributes) -> Result<(MessageId, StoredMessage), StoreError> {
    let key = Key::of(&item).ok_or_else(|| StoreError::Corrupt { item: "a message without keys".to_owned() })?;
    let id = key.message_id().ok_or_else(|| corrupt(&key))?;
    let stored = decode::<StoredMessageItem>(&key, item)?.into_stored(&key, id)?;
    Ok((id, stored))
}
