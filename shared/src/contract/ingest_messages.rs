//! `ingest_messages`: messages and deletions, in any order, any number of times.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use crate::domain::{ChannelId, Day, GuildId, MessageId, UserId};

/// A batch of messages as it was sent. A bad message does not spoil the others, so they are decoded one by one.
#[derive(Deserialize)]
pub struct IngestRequest {
    /// The guild they were written in.
    pub guild_id: GuildId,
    /// New and edited messages, each a [`SentMessage`].
    #[serde(default)]
    pub messages: Vec<Value>,
    /// Ids of messages that were deleted.
    #[serde(default)]
    pub deleted: Vec<Value>,
    /// Also delete what is stored of channels that are not open any more (DESIGN rule 28).
    #[serde(default)]
    pub sweep: bool,
}

/// A message as callers send it. What may be left out may also be null.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    /// Its id.
    pub id: MessageId,
    /// The channel or thread it was written in.
    pub channel_id: ChannelId,
    /// The channel that the thread is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_channel_id: Option<ChannelId>,
    /// Who wrote it.
    pub author: SentAuthor,
    /// Who wrote it, as a member of the guild; left out where the sender knows the account only (DESIGN rule 32).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<SentMember>,
    /// Its text.
    #[serde(default, deserialize_with = "or_default")]
    pub content: String,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// When it was edited last.
    #[serde(default, deserialize_with = "time", skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// People it mentions.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<SentMention>,
    /// What is attached to it, in words.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

/// Who wrote a message.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAuthor {
    /// Their account.
    pub id: UserId,
    /// The account's name: the global name, else the username.
    pub name: String,
    /// Whether it is a bot, of which nothing is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
}

/// A member of a guild, as far as it matters: Discord's own object of a message's author will do.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMember {
    /// The nick; without one the guild shows the account's name.
    #[serde(default)]
    pub nick: Option<String>,
}

/// Somebody who is mentioned.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMention {
    /// Their account.
    pub id: UserId,
    /// The name they are seen under.
    pub name: String,
}

/// Without the text: chat never reaches a log or an error (DESIGN rule 21).
impl fmt::Debug for SentMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A time; an error does not repeat what was sent.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| de::Error::custom("not a time (2026-11-22T09:14:00Z)"))).transpose()
}

/// What became of the batch.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestReport {
    /// New messages.
    pub stored: usize,
    /// Later edits of messages that were there.
    pub updated: usize,
    /// Messages that were there in this or a later version.
    pub unchanged: usize,
    /// Messages that were there and are gone.
    pub deleted: usize,
    /// Messages that are not kept, by reason.
    pub skipped: Skipped,
    /// Messages that cannot be kept, and why.
    pub rejected: Vec<Rejected>,
    /// Guild-days whose messages changed.
    pub days_changed: Vec<Day>,
}

/// Messages that are not kept.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Skipped {
    /// Written by a bot.
    pub bot: usize,
    /// Neither text nor attachments.
    pub empty: usize,
    /// Written by somebody who opted out.
    pub opted_out: usize,
    /// Deleted before.
    pub deleted: usize,
    /// In a channel that is not open to the guild's audience, or that the guild does not have read.
    pub channel: usize,
}

/// A message that cannot be kept.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its id as it was sent, if that can be shown; else its place, such as `messages[3]`.
    pub id: String,
    /// What is wrong with it.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_be_left_out_may_also_be_null_and_is_left_out_again() {
        let bare = json!({"id": "5", "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": ""});
        let mut nulls = bare.clone();
        for field in ["parent_channel_id", "member", "content", "reply_to", "edited_at", "mentions", "attachments"] {
            nulls[field] = Value::Null;
        }
        let message: SentMessage = serde_json::from_value(nulls).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), bare);
    }

    #[test]
    fn rule_21_a_time_that_is_none_is_not_repeated() {
        let message = json!({"id": "5", "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "edited_at": "hush"});
        let error = serde_json::from_value::<SentMessage>(message).unwrap_err().to_string();
        assert_eq!(error, "not a time (2026-11-22T09:14:00Z)");
    }
}
