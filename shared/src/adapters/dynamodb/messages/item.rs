//! A message or its tombstone as an item.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapters::dynamodb::{
    attributes::{Attributes, at_second, corrupt, decode},
    keys::Key,
};
use crate::{
    domain::{Author, ChannelId, Mention, Message, MessageBody, MessageId, StoredMessage, UserId},
    ports::StoreError,
};

#[derive(Serialize, Deserialize)]
struct MentionItem {
    id: UserId,
    name: String,
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

/// A message or its tombstone, with the end of its life.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredMessageItem {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    expires_at: i64,
    #[serde(flatten)]
    message: Option<MessageItem>,
}

impl StoredMessageItem {
    pub(crate) fn live(message: &Message, expires_at: Timestamp) -> Self {
        let mention = |mention: &Mention| MentionItem { id: mention.id, name: mention.name.clone() };
        let item = MessageItem {
            channel: message.channel,
            author: message.author.id,
            name: message.author.name.clone(),
            content: message.body.content.clone(),
            reply_to: message.body.reply_to,
            edited_at: message.body.edited_at,
            mentions: message.body.mentions.iter().map(mention).collect(),
            attachments: message.body.attachments.clone(),
        };
        Self { deleted: false, expires_at: expires_at.as_second(), message: Some(item) }
    }

    pub(crate) fn tombstone(expires_at: Timestamp) -> Self {
        Self { deleted: true, expires_at: expires_at.as_second(), message: None }
    }

    /// The message of that key, or an error when it is neither a message nor a tombstone.
    pub(crate) fn into_stored(self, key: &Key, id: MessageId) -> Result<StoredMessage, StoreError> {
        if self.message.is_some() == self.deleted {
            return Err(corrupt(key));
        }
        let message = self.message.map(|item| item.into_message(id));
        Ok(StoredMessage { message, expires_at: at_second(self.expires_at) })
    }
}

impl MessageItem {
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

pub(crate) fn decode_message(item: Attributes) -> Result<(MessageId, StoredMessage), StoreError> {
    let key = Key::of(&item).ok_or_else(|| StoreError::Corrupt { item: "a message without keys".to_owned() })?;
    let id = key.message_id().ok_or_else(|| corrupt(&key))?;
    let stored = decode::<StoredMessageItem>(&key, item)?.into_stored(&key, id)?;
    Ok((id, stored))
}
