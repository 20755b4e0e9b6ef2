//! Reads what people wrote, and where.

use std::collections::BTreeMap;

use super::item::decode_message;
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, key_of, unreadable},
        keys,
        table::Query,
        tables::MessagesTable,
    },
    domain::{ChannelId, Day, GuildId, MessageId, StoredMessage},
    ports::{ChannelsOfDay, ReadChannelsOfDay, ReadMessageChannels, ReadMessages, StoreError},
};

impl ReadMessages for MessagesTable {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let of_day = Query::of(keys::messages_partition(guild, day));
        let mut stored = self.messages.query(of_day, |item| Ok(decode_message(item)?.1)).await?;
        stored.retain(|stored| stored.message.is_some());
        Ok(stored)
    }
}

/// It asks for no attribute that says what was written: the policy of `respond` allows no other.
impl ReadChannelsOfDay for MessagesTable {
    async fn channels_of_day(&self, guild: GuildId, day: Day) -> Result<ChannelsOfDay, StoreError> {
        let of_day = Query::of(keys::messages_partition(guild, day)).only("channel");
        let channels = self.messages.query(of_day, channel).await?;
        let mut day = ChannelsOfDay::default();
        for channel in channels.into_iter().flatten() {
            day.channels.insert(channel);
            day.messages += 1;
        }
        Ok(day)
    }
}

/// Keys and channels, and no words: the policy of `ingest_messages` allows no other attribute.
impl ReadMessageChannels for MessagesTable {
    async fn message_channels(&self, guild: GuildId, day: Day) -> Result<BTreeMap<MessageId, ChannelId>, StoreError> {
        let of_day = Query::of(keys::messages_partition(guild, day)).only("pk, sk, channel");
        let messages = self.messages.query(of_day, message_channel).await?;
        Ok(messages.into_iter().flatten().collect())
    }
}

fn message_channel(item: Attributes) -> Result<Option<(MessageId, ChannelId)>, StoreError> {
    let key = key_of(&item)?;
    let id = key.message_id().ok_or_else(|| unreadable(&key))?;
    Ok(channel(item)?.map(|channel| (id, channel)))
}

/// A tombstone has none.
fn channel(item: Attributes) -> Result<Option<ChannelId>, StoreError> {
    let damaged = || StoreError::Corrupt { item: "message of the day".to_owned() };
    let Some(channel) = item.get("channel") else { return Ok(None) };
    let text = channel.as_s().map_err(|_| damaged())?;
    text.parse().map(Some).map_err(|_| damaged())
}
