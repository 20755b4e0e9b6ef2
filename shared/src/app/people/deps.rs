//! What `people` works with.

use jiff::SignedDuration;

use crate::{
    app::ingest_messages::IngestMemory,
    domain::{AllowedGuilds, Retention, SummaryRetention},
    ports::{
        DropMessages, ErasePeople, FindByName, KeepWipes, ReadDay, ReadLedgers, ReadLeft, ReadMessages, ReadWindow,
        TeachPeople, WipeGuilds, WriteMessages,
    },
};

/// What the use case works with.
pub struct Deps<S, W, C> {
    /// What is known.
    pub memory: S,
    /// What people wrote.
    pub messages: W,
    /// The time.
    pub clock: C,
    /// How long messages are kept.
    pub retention: Retention,
    /// Until when a day is told (DESIGN rule 46).
    pub summary_retention: SummaryRetention,
    /// Where anything is taught.
    pub allowed_guilds: AllowedGuilds,
    /// How long what is kept of members and guilds that left stays; `None` if for ever (DESIGN rules 44 and 45).
    pub left_kept_for: Option<SignedDuration>,
}

/// What `people` does with what is known: it teaches, ends, and hands out all that is kept of a person.
pub trait PeopleMemory:
    TeachPeople
    + FindByName
    + ErasePeople
    + ReadWindow
    + ReadDay
    + ReadLedgers
    + ReadLeft
    + KeepWipes
    + WipeGuilds
    + IngestMemory
{
}

impl<S> PeopleMemory for S where
    S: TeachPeople
        + FindByName
        + ErasePeople
        + ReadWindow
        + ReadDay
        + ReadLedgers
        + ReadLeft
        + KeepWipes
        + WipeGuilds
        + IngestMemory
{
}

/// What `people` does with messages: it hands them out, and takes them away.
pub trait PeopleMessages: ReadMessages + WriteMessages + DropMessages {}

impl<W: ReadMessages + WriteMessages + DropMessages> PeopleMessages for W {}
