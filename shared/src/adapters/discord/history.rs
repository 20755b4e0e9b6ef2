//! What was written in a channel, page by page.

use serde::de::IgnoredAny;

use super::{Discord, message::WireMessage};
use crate::{
    domain::{ChannelId, MessageId},
    ports::{DiscordError, HistoryPage, ReadHistory, Written},
};

/// The most messages Discord gives at once.
const PAGE: usize = 100;

impl ReadHistory for Discord {
    async fn messages_after(&self, channel: ChannelId, after: MessageId) -> Result<HistoryPage, DiscordError> {
        let path = format!("/channels/{channel}/messages?after={}&limit={PAGE}", after.get());
        let wire: Vec<WireMessage> = self.get(&path).await?;
        let is_last = wire.len() < PAGE;
        let mut messages: Vec<Written> = wire.into_iter().map(|message| message.into_written(channel)).collect();
        messages.sort_by_key(|message| message.id); // they come newest first
        Ok(HistoryPage { messages, is_last })
    }

    async fn is_there(&self, channel: ChannelId, message: MessageId) -> Result<bool, DiscordError> {
        match self.get::<IgnoredAny>(&format!("/channels/{channel}/messages/{message}")).await {
            Ok(IgnoredAny) => Ok(true),
            Err(DiscordError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
