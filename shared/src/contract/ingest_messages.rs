//! `ingest_messages`: messages and deletions, in any order, any number of times.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Day, GuildId};

/// A batch of messages as it was sent. A bad message does not spoil the others, so they are decoded one by one.
#[derive(Deserialize)]
pub struct IngestRequest {
    /// The guild they were written in.
    pub guild_id: GuildId,
    /// New and edited messages.
    #[serde(default)]
    pub messages: Vec<Value>,
    /// Ids of messages that were deleted.
    #[serde(default)]
    pub deleted: Vec<Value>,
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
    /// In a channel that the guild does not have read.
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
