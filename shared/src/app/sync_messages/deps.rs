//! What a sync works with.

use std::time::Duration;

use jiff::SignedDuration;

use crate::{
    app::{Cooldowns, audience::KeepAudience, sweep::SweepMemory},
    domain::{Calendar, GuildId, Retention},
    ports::{
        CoolModels, KeepCursors, ListPeople, NoteLeft, ReadArchivedThreads, ReadAskedFor, ReadChannels,
        ReadChannelsOfDay, ReadDay, ReadHistory, ReadIntents, ReadMembers, ReadMessageChannels, ReadNicks,
        WriteMessages,
    },
};

/// What messages are read with.
pub struct Deps<M, W, D, F, C> {
    /// What is known: settings, cursors, people, and what was made from messages.
    pub memory: M,
    /// What people wrote.
    pub messages: W,
    /// Discord.
    pub discord: D,
    /// Who summarizes days, and makes memories.
    pub functions: F,
    /// When the models of summaries are left alone.
    pub summary_cooldowns: Cooldowns<M, C>,
    /// The time.
    pub clock: C,
    /// How messages are read and kept.
    pub settings: Settings,
}

/// How messages are read and kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The guilds that are read.
    pub guilds: Vec<GuildId>,
    /// How many days a channel that was never read is read back.
    pub backfill_days: u16,
    /// How long messages are kept.
    pub retention: Retention,
    /// Which days are closed, and which are worth to be summarized.
    pub calendar: Calendar,
    /// How long the memories of who was asked for are kept warm; zero turns it off (DESIGN rule 38).
    pub keep_warm: Duration,
    /// How long what is kept of members and guilds that left stays; `None` if for ever (DESIGN rules 44 and 45).
    pub left_kept_for: Option<SignedDuration>,
}

/// What a sync does with what is known: all that ingest and a sweep do, and it remembers how far it came, and whom the guild's
/// memory is for.
pub trait SyncMemory:
    SweepMemory + ReadDay + KeepCursors + KeepAudience + CoolModels + ReadAskedFor + ListPeople + NoteLeft
{
}

impl<M: SweepMemory + ReadDay + KeepCursors + KeepAudience + CoolModels + ReadAskedFor + ListPeople + NoteLeft>
    SyncMemory for M
{
}

/// What a sync does with messages: it writes them, and looks where those that are stored were written.
pub trait SyncMessages: WriteMessages + ReadMessageChannels + ReadChannelsOfDay {}

impl<W: WriteMessages + ReadMessageChannels + ReadChannelsOfDay> SyncMessages for W {}

/// What a sync reads of Discord.
pub trait SyncDiscord:
    ReadChannels + ReadArchivedThreads + ReadHistory + ReadIntents + ReadNicks + ReadMembers
{
}

impl<D: ReadChannels + ReadArchivedThreads + ReadHistory + ReadIntents + ReadNicks + ReadMembers> SyncDiscord for D {}
