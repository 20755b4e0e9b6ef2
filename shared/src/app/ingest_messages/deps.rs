//! What ingest works with.

use std::collections::BTreeSet;

use crate::{
    domain::{AllowedGuilds, GuildId, Retention},
    ports::{PurgeDay, ReadOpenChannels, ReadPeople, ReadSettings, RecordNames},
};

/// What the use case works with.
pub struct Deps<M, W, C> {
    /// What is known: settings, people, and what was made from messages.
    pub memory: M,
    /// What people wrote.
    pub messages: W,
    /// The time.
    pub clock: C,
    /// How long messages are kept.
    pub retention: Retention,
    /// Where anything is stored.
    pub allowed_guilds: AllowedGuilds,
    /// The guilds that `sync_messages` reads.
    pub discord_guilds: BTreeSet<GuildId>,
}

/// What ingest does with what is known: it asks what a guild wants and what is open in it, notes who wrote, and drops what was made from words that
/// were taken back.
pub trait IngestMemory: ReadSettings + ReadOpenChannels + ReadPeople + RecordNames + PurgeDay {}

impl<M: ReadSettings + ReadOpenChannels + ReadPeople + RecordNames + PurgeDay> IngestMemory for M {}
