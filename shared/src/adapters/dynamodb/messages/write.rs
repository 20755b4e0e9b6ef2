//! Messages, and the ledger that changes with them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use super::item::{StoredMessageItem, decode_message};
use crate::adapters::dynamodb::{
    MessagesTable,
    attributes::encode,
    keys::Key,
    table::{batch_get::batch_get_all, contention::despite_others, errors::transaction_error},
};
use crate::{
    domain::{Day, GuildId, Ledger, MessageId, batch::Change},
    ports::{DayChange, StoreError, StoredDay, WriteMessages},
};

/// A new item must not be there; one that has expired is as good as gone (DESIGN rule 3).
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now";

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
