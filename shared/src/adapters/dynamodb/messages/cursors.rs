//! How far the channels of a guild were read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode_rebuildable, encode, key_of, text, unreadable},
        keys::{self, Key},
        table::{Query, Write, condition_held},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{ChannelId, Cursor, GuildId, MessageId, Reconciliation},
    ports::{KeepCursors, StoreError},
};

impl KeepCursors for MemoryTable {
    async fn cursors(&self, guild: GuildId) -> Result<BTreeMap<ChannelId, Cursor>, StoreError> {
        let of_guild = Query::of(keys::guild_partition(guild)).beginning_with(keys::CURSOR_PREFIX);
        let cursors = self.table.query(of_guild, decode_cursor).await?;
        Ok(cursors.into_iter().flatten().collect())
    }

    async fn save_cursor(&self, guild: GuildId, channel: ChannelId, cursor: &Cursor) -> Result<(), StoreError> {
        let key = Key::cursor(guild, channel);
        let put = Write::put(encode(&key, CursorItem::new(cursor))?)
            .only_if("attribute_not_exists(read_to) OR read_to <= :read_to")
            .value(":read_to", text(keys::padded(cursor.after)));
        // Where it did not hold, somebody else came further meanwhile.
        condition_held(self.table.replace::<CursorItem>(&key, put).await).map(drop)
    }

    async fn delete_cursor(&self, guild: GuildId, channel: ChannelId) -> Result<(), StoreError> {
        self.table.write(Write::delete(&Key::cursor(guild, channel))).await
    }
}

/// `None` if it cannot be read: the channel is read anew.
fn decode_cursor(item: Attributes) -> Result<Option<(ChannelId, Cursor)>, StoreError> {
    let key = key_of(&item)?;
    let channel = key.channel_id().ok_or_else(|| unreadable(&key)).ok();
    Ok(channel.zip(decode_rebuildable::<CursorItem>(&key, item).map(CursorItem::into_cursor)))
}

/// How far a channel was read.
#[derive(Serialize, Deserialize)]
struct CursorItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ChannelId>,
    #[serde(with = "keys::padded_id")]
    read_to: MessageId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete_at: Option<MessageId>,
    reviewed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review: Option<ReviewItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forbidden_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    archive_read_at: Option<Timestamp>,
    expires_at: EpochSeconds,
}

#[derive(Serialize, Deserialize)]
struct ReviewItem {
    begun_at: Timestamp,
    reviewed_to: MessageId,
}

impl CursorItem {
    fn new(cursor: &Cursor) -> Self {
        Self {
            parent: cursor.parent,
            read_to: cursor.after,
            complete_at: cursor.complete_at,
            reviewed_at: cursor.reconciled_at,
            review: cursor
                .reconciliation
                .map(|Reconciliation { begun_at, after }| ReviewItem { begun_at, reviewed_to: after }),
            forbidden_until: cursor.forbidden_until,
            archive_read_at: cursor.archive_read_at,
            expires_at: cursor.expires_at.into(),
        }
    }

    fn into_cursor(self) -> Cursor {
        Cursor {
            parent: self.parent,
            after: self.read_to,
            complete_at: self.complete_at,
            reconciled_at: self.reviewed_at,
            reconciliation: self
                .review
                .map(|ReviewItem { begun_at, reviewed_to }| Reconciliation { begun_at, after: reviewed_to }),
            forbidden_until: self.forbidden_until,
            archive_read_at: self.archive_read_at,
            expires_at: self.expires_at.into(),
        }
    }
}
