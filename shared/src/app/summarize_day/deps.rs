//! What a summary is made with.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use crate::{
    domain::{Day, GuildId, SummaryRetention, prompt::ChunkLimits},
    ports::{CommitDaySummary, HoldLeases, KeepChunks, ReadDay, ReadOpenChannels, ReadPeople, ReadSettings, WatchDays},
};

/// What a summary is made with.
pub struct Deps<S, R, M, C> {
    /// Days, and who is known.
    pub memory: S,
    /// What was written.
    pub messages: R,
    /// Who writes summaries.
    pub model: M,
    /// The time.
    pub clock: C,
    /// How long summaries live, and what they are made of.
    pub settings: Settings,
    /// The guilds that `sync_messages` reads: what is open in them must be known.
    pub discord_guilds: BTreeSet<GuildId>,
}

/// All that is needed from the store of what is known.
pub trait SummarizeMemory:
    ReadDay + WatchDays + ReadPeople + ReadSettings + ReadOpenChannels + KeepChunks + CommitDaySummary + HoldLeases
{
}

impl<S> SummarizeMemory for S where
    S: ReadDay + WatchDays + ReadPeople + ReadSettings + ReadOpenChannels + KeepChunks + CommitDaySummary + HoldLeases
{
}

/// How long summaries live, and what they are made of.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long after its end a day stays open.
    pub settle: Duration,
    /// The life of an open day's summary (DESIGN rule 2).
    pub open_day_ttl: Duration,
    /// Until when a day is told (DESIGN rule 46).
    pub retention: SummaryRetention,
    /// What goes into one model call.
    pub chunks: ChunkLimits,
}

impl Settings {
    pub(super) fn is_closed(&self, day: Day, at: Timestamp) -> bool {
        day.is_closed(at, self.settle)
    }

    /// The end of the life that a summary begins at `from` (DESIGN rule 2): what decides is when the messages were read.
    pub(super) fn expires_at(&self, day: Day, read_at: Timestamp, from: Timestamp) -> Option<Timestamp> {
        let end = || from.checked_add(self.open_day_ttl).unwrap_or(Timestamp::MAX);
        (!self.is_closed(day, read_at)).then(end)
    }
}
