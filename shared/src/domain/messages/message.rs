//! Chat messages as they are kept.

use std::fmt;

use jiff::Timestamp;

use crate::domain::{ChannelId, MessageId, UserId};

/// A message people wrote, in the shape every source of messages is brought to.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its snowflake; says which guild-day it belongs to.
    pub id: MessageId,
    /// Where it was written.
    pub channel: ChannelId,
    /// Who wrote it.
    pub author: Author,
    /// What was written, and what was in it.
    pub body: MessageBody,
}

/// What an edit can change.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MessageBody {
    /// The text as Discord gives it, with `<@id>` for mentions. May be empty when there are attachments.
    pub content: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// When it was last edited; the later one of two versions wins.
    pub edited_at: Option<Timestamp>,
    /// The people mentioned in it, by the names they had.
    pub mentions: Vec<Mention>,
    /// A description of each attachment.
    pub attachments: Vec<String>,
}

impl Message {
    /// A number that tells this version of the message from others, and from other messages.
    pub fn fingerprint(&self) -> u64 {
        let edited_at = self.body.edited_at.map_or(0, |at| at.as_microsecond() as u64);
        mixed(mixed(self.id.get()) ^ edited_at)
    }
}

/// The finalizer of SplitMix64: sums of what comes of it do not meet by chance (<https://prng.di.unimi.it/splitmix64.c>).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl MessageBody {
    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        self.content.trim().is_empty() && self.attachments.is_empty()
    }
}

/// Who wrote a message, under the name they had then.
#[derive(Clone, PartialEq, Eq)]
pub struct Author {
    /// The account.
    pub id: UserId,
    /// The name shown in the guild.
    pub name: String,
}

/// A person mentioned in a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Mention {
    /// The account.
    pub id: UserId,
    /// The name shown in the guild.
    pub name: String,
}

/// What the store holds under a message's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message, or `None` for a tombstone: it was deleted, and no late copy may bring it back.
    pub message: Option<Message>,
    /// When the store may forget it: as long after it was first ingested, or deleted, as its guild keeps messages. It counts
    /// as gone from then on, swept or not (DESIGN rule 3).
    pub expires_at: Timestamp,
    /// The version of the day's ledger it came in with, whatever was edited since. 0 where that is not known, and for a
    /// tombstone.
    pub came_in: u64,
}

impl StoredMessage {
    /// Whether it counts as gone.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// Without the text: chat never reaches a log or an error (DESIGN rule 21).
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("author", &self.author.id).finish_non_exhaustive()
    }
}
