//! What was written in a channel, page by page.

use serde::de::IgnoredAny;

use serde_json::Value;

use super::{Discord, errors, message::entry};
use crate::{
    domain::{ChannelId, MessageId},
    ports::{DiscordError, HistoryEntry, HistoryPage, ReadHistory},
};

/// The most messages Discord gives at once.
const PAGE: usize = 100;

impl ReadHistory for Discord {
    async fn messages_after(&self, channel: ChannelId, after: MessageId) -> Result<HistoryPage, DiscordError> {
        let path = format!("/channels/{channel}/messages?after={}&limit={PAGE}", after.get());
        let wire: Vec<Value> = self.get(&path).await?;
        let is_last = wire.len() < PAGE;
        let entries: Option<Vec<HistoryEntry>> = wire.into_iter().map(|message| entry(message, channel)).collect();
        let mut entries = entries.ok_or_else(|| errors::unavailable("its answer cannot be read"))?;
        entries.sort_by_key(|entry| entry.id); // they come newest first
        Ok(HistoryPage { entries, is_last })
    }

    async fn message_exists(&self, channel: ChannelId, message: MessageId) -> Result<bool, DiscordError> {
        match self.get::<IgnoredAny>(&format!("/channels/{channel}/messages/{message}")).await {
            Ok(IgnoredAny) => Ok(true),
            Err(error) if error.is_unknown_message() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
