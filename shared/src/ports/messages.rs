//! Messages, the ledgers they are changed under, and how far channels were read.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{ChannelId, Cursor, Day, GuildId, Ledger, MessageId, StoredMessage, batch::Change};

/// Reads what people wrote.
pub trait ReadMessages: Send + Sync {
    /// Every message of the day in the order of the ids, tombstones left out; all of them or an error (DESIGN rule 14).
    fn messages_of_day(
        &self,
        guild: GuildId,
        day: Day,
    ) -> impl Future<Output = Result<Vec<StoredMessage>, StoreError>> + Send;
}

/// Where the messages of a day were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelsOfDay {
    /// The channels and threads.
    pub channels: BTreeSet<ChannelId>,
    /// How many messages are there to tell; fewer than the ledger counts when some have expired.
    pub messages: u64,
}

/// Reads where people wrote, and nothing of what.
pub trait ReadChannelsOfDay: Send + Sync {
    /// Where the day's messages were written, tombstones left out; all of them or an error.
    fn channels_of_day(
        &self,
        guild: GuildId,
        day: Day,
    ) -> impl Future<Output = Result<ChannelsOfDay, StoreError>> + Send;
}

/// Reads in which channel each message was written, and nothing of what.
pub trait ReadMessageChannels: Send + Sync {
    /// The day's messages, expired ones included and tombstones left out; all of them or an error.
    fn message_channels(
        &self,
        guild: GuildId,
        day: Day,
    ) -> impl Future<Output = Result<BTreeMap<MessageId, ChannelId>, StoreError>> + Send;
}

/// Reads on which days something was ever written.
pub trait ReadLedgers: Send + Sync {
    /// The ledgers of all days of the guild that have one.
    fn ledgers_of_guild(
        &self,
        guild: GuildId,
    ) -> impl Future<Output = Result<BTreeMap<Day, Ledger>, StoreError>> + Send;
}

/// What ingest needs to know before it changes a guild-day.
pub struct StoredDay {
    /// The ledger, read before the messages.
    pub ledger: Option<Ledger>,
    /// The version up to which somebody has read the day's messages to summarize them, or is about to; read with the ledger.
    pub read_version: u64,
    /// How often somebody was erased from the day; read with the ledger.
    pub erasures: u64,
    /// What is stored under the ids that were asked for.
    pub messages: BTreeMap<MessageId, StoredMessage>,
}

/// Changes of a guild-day that become true together.
pub struct DayChange<'a> {
    /// At most [`WriteMessages::max_changes`], and about [`MAX_CHANGE_BYTES`].
    pub changes: &'a [Change],
    /// The ledger as it was read.
    pub seen: Option<Ledger>,
    /// The ledger as it is to be, or `None` to leave it alone.
    pub next: Option<Ledger>,
    /// The `read_version` that still has to be true, if `next` depends on it.
    pub read_version: Option<u64>,
    /// The `erasures` that still have to be true: what people want was read after them (DESIGN rule 41).
    pub erasures: u64,
    /// The time now.
    pub now: Timestamp,
    /// When new messages and new tombstones may be forgotten.
    pub expires_at: Timestamp,
    /// What was stored under the changed ids; edited messages keep the `expires_at` and `came_in` they have.
    pub stored: &'a BTreeMap<MessageId, StoredMessage>,
}

impl DayChange<'_> {
    /// The version that new messages come in with.
    pub fn comes_in(&self) -> u64 {
        self.next.map_or(0, |next| next.version)
    }

    /// What an edited message keeps: when it may be forgotten, and the version it came in with.
    pub fn kept(&self, id: MessageId) -> (Timestamp, u64) {
        self.stored.get(&id).map_or((self.expires_at, 0), |stored| (stored.expires_at, stored.came_in))
    }
}

/// Changes that fit into one transaction of DynamoDB, besides the ledger (DESIGN section 5).
pub const MAX_CHANGES: usize = 99;
/// Bytes of changes that fit into one transaction of at most 4 MB.
pub const MAX_CHANGE_BYTES: usize = 3_000_000;

/// Changes what people wrote.
pub trait WriteMessages: ReadMessageChannels {
    /// The ledger, and then what is stored under `ids`, which all belong to `day`.
    fn stored_day(
        &self,
        guild: GuildId,
        day: Day,
        ids: &[MessageId],
    ) -> impl Future<Output = Result<StoredDay, StoreError>> + Send;

    /// Has the day a ledger that counts nothing, if it has none.
    fn begin_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Changes that fit into one transaction, besides the ledger.
    fn max_changes(&self) -> usize {
        MAX_CHANGES
    }

    /// Makes the changes and the new ledger true, together or not at all.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the ledger is not the one that was seen, somebody began to read the day or was erased from it, a new message
    /// is there already, or one that is edited or deleted is not there as it was read.
    fn change_day(
        &self,
        guild: GuildId,
        day: Day,
        change: DayChange<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Remembers how far channels were read.
pub trait KeepCursors: Send + Sync {
    /// The cursors of every channel and thread that was ever read and not forgotten, expired ones included.
    fn cursors(&self, guild: GuildId) -> impl Future<Output = Result<BTreeMap<ChannelId, Cursor>, StoreError>> + Send;

    /// Saves a cursor, unless the one that is there is further.
    fn save_cursor(
        &self,
        guild: GuildId,
        channel: ChannelId,
        cursor: &Cursor,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes the cursor of a channel that is gone.
    fn delete_cursor(&self, guild: GuildId, channel: ChannelId) -> impl Future<Output = Result<(), StoreError>> + Send;
}
