//! A message as callers send it, and what can be wrong with it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::{Author, ChannelId, MAX_NAME_CHARS, Mention, Message, MessageBody, MessageId, UserId};

/// Discord allows 4,000 characters; other sources may have a little more.
const MAX_CONTENT_CHARS: usize = 8_000;
const MAX_MENTIONS: usize = 100;
const MAX_ATTACHMENTS: usize = 20;
const MAX_ATTACHMENT_CHARS: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct SentMessage {
    pub(super) id: MessageId,
    pub(super) channel_id: ChannelId,
    #[serde(default)]
    pub(super) parent_channel_id: Option<ChannelId>,
    pub(super) author: SentAuthor,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    edited_at: Option<String>,
    #[serde(default)]
    mentions: Option<Vec<SentMention>>,
    #[serde(default)]
    attachments: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct SentAuthor {
    id: UserId,
    name: String,
    #[serde(default)]
    pub(super) bot: bool,
}

#[derive(Deserialize)]
struct SentMention {
    id: UserId,
    name: String,
}

impl SentMessage {
    /// The message, if it is within the limits; else what is wrong, without repeating it.
    pub(super) fn into_message(self) -> Result<Message, String> {
        let mentions = self.mentions.unwrap_or_default();
        let attachments = self.attachments.unwrap_or_default();
        let content = self.content.unwrap_or_default();
        within("content", "characters", content.chars().count(), MAX_CONTENT_CHARS)?;
        within("mentions", "people", mentions.len(), MAX_MENTIONS)?;
        within("attachments", "descriptions", attachments.len(), MAX_ATTACHMENTS)?;
        for text in &attachments {
            within("attachments", "characters each", text.chars().count(), MAX_ATTACHMENT_CHARS)?;
        }
        Ok(Message {
            id: self.id,
            channel: self.channel_id,
            author: Author { id: self.author.id, name: name("author.name", &self.author.name)? },
            body: MessageBody {
                content,
                reply_to: self.reply_to,
                edited_at: self.edited_at.map(|text| timestamp(&text)).transpose()?,
                mentions: mentions.into_iter().map(SentMention::into_mention).collect::<Result<_, _>>()?,
                attachments,
            },
        })
    }
}

impl SentMention {
    fn into_mention(self) -> Result<Mention, String> {
        Ok(Mention { id: self.id, name: name("mentions.name", &self.name)? })
    }
}

fn name(field: &str, text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(format!("{field}: must not be blank"));
    }
    within(field, "characters", name.chars().count(), MAX_NAME_CHARS)?;
    Ok(name)
}

fn within(field: &str, unit: &str, count: usize, limit: usize) -> Result<(), String> {
    if count > limit { Err(format!("{field}: at most {limit} {unit}, but there are {count}")) } else { Ok(()) }
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "edited_at: not a time (2026-11-22T09:14:00Z)".to_owned())
}
