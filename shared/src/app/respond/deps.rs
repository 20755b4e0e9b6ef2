//! What answers are made with.

use crate::{
    app::{archived_threads::ArchivedThreadSearch, audience::KeepAudience},
    domain::{AllowedGuilds, Calendar, GuildId},
    ports::{
        AskMemories, AskPeople, AskSweep, ReadDay, ReadLedgers, ReadPeople, ReadSettings, ReadWindow, SummarizeDay,
        WatchDays,
    },
};

/// What answers are made with.
pub struct Deps<S, M, F, D, R, C> {
    /// Days and people.
    pub memory: S,
    /// In which channels was written.
    pub messages: M,
    /// The functions that build memories, summarize days, sweep, and do what people decide about what is kept of them.
    pub functions: F,
    /// Discord, to ask it which channels are open.
    pub channels: D,
    /// Where the answer goes.
    pub replies: R,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
    /// Where anything is answered.
    pub allowed_guilds: AllowedGuilds,
}

impl<S, M, F, D, R, C> Deps<S, M, F, D, R, C> {
    /// What finds archived threads that something is stored of.
    pub(super) fn archived_threads(&self, guild: GuildId) -> ArchivedThreadSearch<'_, S, M, D> {
        ArchivedThreadSearch { memory: &self.memory, messages: &self.messages, discord: &self.channels, guild }
    }
}

/// All that is needed from the store of what is known.
pub trait RespondMemory:
    ReadWindow + ReadDay + WatchDays + ReadPeople + ReadSettings + ReadLedgers + KeepAudience
{
}

impl<S: ReadWindow + ReadDay + WatchDays + ReadPeople + ReadSettings + ReadLedgers + KeepAudience> RespondMemory for S {}

/// The other functions that are needed.
pub trait RespondFunctions: AskMemories + SummarizeDay + AskSweep + AskPeople {}

impl<F: AskMemories + SummarizeDay + AskSweep + AskPeople> RespondFunctions for F {}
