//! Changes messages together with the ledger of their day.

use std::collections::BTreeMap;

use super::{
    item::{StoredMessageItem, decode_message},
    ledger::{LedgerItem, replace_ledger},
};
use crate::{
    adapters::dynamodb::{
        attributes::{encode, number},
        keys::Key,
        table::{Write, condition_held},
        tables::MessagesTable,
        time::{EpochSeconds, rfc_3339},
    },
    domain::{Day, GuildId, MessageId, StoredMessage, batch::Change},
    ports::{DayChange, StoreError, StoredDay, WriteMessages},
};

/// A new item must not be there; one that has expired is as good as gone (DESIGN rule 3).
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now";

impl WriteMessages for MessagesTable {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let ledger: Option<LedgerItem> = self.memory.read(&Key::ledger(guild, day)).await?;
        let keys: Vec<Key> = ids.iter().map(|id| Key::message(guild, *id)).collect();
        let items = self.messages.get_all(&keys).await?;
        let messages: Result<BTreeMap<_, _>, _> = items.into_values().map(decode_message).collect();
        let read_version = ledger.as_ref().map_or(0, LedgerItem::read_version);
        let erasures = ledger.as_ref().map_or(0, LedgerItem::erasures);
        Ok(StoredDay { ledger: ledger.map(|item| item.ledger()), read_version, erasures, messages: messages? })
    }

    async fn begin_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        let begin = Write::update(
            &Key::ledger(guild, day),
            "SET version = :none, purged_version = :none, message_count = :none, erasures = :begun",
        )
        .only_if("attribute_not_exists(version)")
        .value(":none", number(0_u64))
        // Another one each time: what was decided of a day that was dropped since is not stored (DESIGN rule 45).
        .value(":begun", number(fastrand::u32(1..)));
        condition_held(self.memory.write_contended(begin).await).map(drop)
    }

    fn max_changes(&self) -> usize {
        self.max_changes
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        let mut transaction = self.messages.transaction();
        for one in change.changes {
            transaction = transaction.write(&self.messages, put_message(guild, one, &change)?);
        }
        if let Some(next) = change.next {
            let ledger = replace_ledger(&Key::ledger(guild, day), &change, next);
            transaction = transaction.write(&self.memory, ledger);
        }
        transaction.commit().await
    }
}

fn put_message(guild: GuildId, one: &Change, change: &DayChange<'_>) -> Result<Write, StoreError> {
    let id = one.id();
    let item = match one {
        Change::Store(message) => StoredMessageItem::live(message, change.expires_at, change.comes_in()),
        Change::Update(message) | Change::Redact(message) => {
            let (expires_at, came_in) = change.kept(id);
            StoredMessageItem::live(message, expires_at, came_in)
        }
        Change::Delete(_) | Change::WriteTombstone(_) => StoredMessageItem::tombstone(change.expires_at),
    };
    let put = Write::put(encode(&Key::message(guild, id), item)?);
    Ok(match one {
        Change::Store(_) | Change::WriteTombstone(_) => {
            put.only_if(IS_NEW).value(":now", EpochSeconds::from(change.now))
        }
        // The ledger has its own condition; but what was read beside it may have been from before it (ADR 12).
        Change::Update(_) | Change::Redact(_) | Change::Delete(_) => only_if_as_read(put, change.stored.get(&id)),
    })
}

/// Only if it is there in the version that was read.
fn only_if_as_read(put: Write, read: Option<&StoredMessage>) -> Write {
    const IS_THERE: &str = "attribute_exists(channel)";
    match read.and_then(|stored| stored.message.as_ref()?.body.edited_at) {
        None => put.only_if(format!("{IS_THERE} AND attribute_not_exists(edited_at)")),
        Some(at) => put.only_if(format!("{IS_THERE} AND edited_at = :edited")).value(":edited", rfc_3339(at)),
    }
}
