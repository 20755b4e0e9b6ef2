//! A message or its tombstone as an item.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode, key_of, unreadable},
        keys::Key,
        time::EpochSeconds,
    },
    domain::{Author, ChannelId, Mention, Message, MessageBody, MessageId, StoredMessage, UserId},
    ports::StoreError,
};

/// The message or tombstone in an item, and its id.
pub(super) fn decode_message(item: Attributes) -> Result<(MessageId, StoredMessage), StoreError> {
    let key = key_of(&item)?;
    let id = key.message_id().ok_or_else(|| unreadable(&key))?;
    let stored = decode::<StoredMessageItem>(&key, item)?.into_stored(&key, id)?;
    Ok((id, stored))
}

/// A message or its tombstone, with the end of its life.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredMessageItem {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    expires_at: EpochSeconds,
    /// The version of the ledger it came in with.
    #[serde(default, skip_serializing_if = "is_unknown")]
    came_in: u64,
    #[serde(flatten)]
    message: Option<MessageItem>,
}

#[derive(Serialize, Deserialize)]
struct MessageItem {
    channel: ChannelId,
    author: UserId,
    name: String,
    content: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<MentionItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct MentionItem {
    id: UserId,
    name: String,
}

fn is_unknown(version: &u64) -> bool {
    *version == 0
}

impl StoredMessageItem {
    pub(super) fn live(message: &Message, expires_at: Timestamp, came_in: u64) -> Self {
        Self { deleted: false, expires_at: expires_at.into(), came_in, message: Some(MessageItem::new(message)) }
    }

    pub(super) fn tombstone(expires_at: Timestamp) -> Self {
        Self { deleted: true, expires_at: expires_at.into(), came_in: 0, message: None }
    }

    /// The message of that key, or an error when it is neither a message nor a tombstone.
    fn into_stored(self, key: &Key, id: MessageId) -> Result<StoredMessage, StoreError> {
        if self.message.is_some() == self.deleted {
            return Err(unreadable(key));
        }
        let message = self.message.map(|item| item.into_message(id));
        Ok(StoredMessage { message, expires_at: self.expires_at.into(), came_in: self.came_in })
    }
}

impl MessageItem {
    fn new(message: &Message) -> Self {
        let mention = |mention: &Mention| MentionItem { id: mention.id, name: mention.name.clone() };
        Self {
            channel: message.channel,
            author: message.author.id,
            name: message.author.name.clone(),
            content: message.body.content.clone(),
            reply_to: message.body.reply_to,
            edited_at: message.body.edited_at,
            mentions: message.body.mentions.iter().map(mention).collect(),
            attachments: message.body.attachments.clone(),
        }
    }

    fn into_message(self, id: MessageId) -> Message {
        let mention = |mention: MentionItem| Mention { id: mention.id, name: mention.name };
        Message {
            id,
            channel: self.channel,
            author: Author { id: self.author, name: self.name },
            body: MessageBody {
                content: self.content,
                reply_to: self.reply_to,
                edited_at: self.edited_at,
                mentions: self.mentions.into_iter().map(mention).collect(),
                attachments: self.attachments,
            },
        }
    }
}
