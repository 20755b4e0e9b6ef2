//! Reads a batch message by message: what cannot be kept is rejected by name, and the rest is kept.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::writer::Batch;
use crate::{
    app::request::{decode, decode_value},
    contract::{IngestRequest, Rejected, Skipped},
    domain::{Author, ChannelId, GuildSettings, MAX_NAME_CHARS, Mention, Message, MessageBody, MessageId, UserId},
};

/// Discord allows 4,000 characters; other sources may have a little more.
const MAX_CONTENT_CHARS: usize = 8_000;
const MAX_MENTIONS: usize = 100;
const MAX_ATTACHMENTS: usize = 20;
const MAX_ATTACHMENT_CHARS: usize = 1_000;
/// How far the clock that made an id may be ahead of ours.
const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What is left of a batch after a first look, and what is not.
#[derive(Default)]
pub(super) struct Incoming {
    pub(super) batch: Batch,
    pub(super) skipped: Skipped,
    pub(super) rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
struct Wire {
    id: MessageId,
    channel_id: ChannelId,
    #[serde(default)]
    parent_channel_id: Option<ChannelId>,
    author: WireAuthor,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    edited_at: Option<String>,
    #[serde(default)]
    mentions: Option<Vec<WirePerson>>,
    #[serde(default)]
    attachments: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: UserId,
    name: String,
    #[serde(default)]
    bot: bool,
}

#[derive(Deserialize)]
struct WirePerson {
    id: UserId,
    name: String,
}

impl Incoming {
    pub(super) fn read(request: IngestRequest, settings: &GuildSettings, now: Timestamp) -> Self {
        let mut incoming = Self::default();
        for (index, value) in request.messages.into_iter().enumerate() {
            let id = shown_id(value.get("id")).unwrap_or_else(|| format!("messages[{index}]"));
            if let Err(reason) = incoming.take_message(value, settings, now) {
                incoming.rejected.push(Rejected { id, reason });
            }
        }
        for (index, value) in request.deleted.into_iter().enumerate() {
            let id = shown_id(Some(&value)).unwrap_or_else(|| format!("deleted[{index}]"));
            match decode_value::<MessageId>(value).map_err(|error| error.message).and_then(|id| not_ahead(id, now)) {
                Ok(id) => incoming.batch.deleted.push(id),
                Err(reason) => incoming.rejected.push(Rejected { id, reason }),
            }
        }
        incoming
    }

    fn take_message(&mut self, value: Value, settings: &GuildSettings, now: Timestamp) -> Result<(), String> {
        let wire: Wire = decode(value).map_err(|error| error.message)?;
        not_ahead(wire.id, now)?;
        if wire.author.bot {
            self.skipped.bot += 1;
            return Ok(());
        }
        if !settings.reads(wire.channel_id, wire.parent_channel_id) {
            self.skipped.channel += 1;
            return Ok(());
        }
        let message = wire.into_message()?;
        if message.body.is_blank() && message.body.edited_at.is_none() {
            self.skipped.empty += 1;
        } else {
            self.batch.messages.push(message);
        }
        Ok(())
    }
}

impl Wire {
    fn into_message(self) -> Result<Message, String> {
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
                mentions: mentions.into_iter().map(WirePerson::into_mention).collect::<Result<_, _>>()?,
                attachments,
            },
        })
    }
}

impl WirePerson {
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

fn not_ahead(id: MessageId, now: Timestamp) -> Result<MessageId, String> {
    if id.written_at().duration_since(now) > MAX_AHEAD {
        return Err(format!("id: lies more than {} minutes in the future", MAX_AHEAD.as_mins()));
    }
    Ok(id)
}

/// An id as the caller wrote it, if it is short and plain enough to be no chat text.
fn shown_id(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Some(text.clone())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
