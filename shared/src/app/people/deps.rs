//! What `people` works with.

use crate::{
    app::ingest_messages::IngestMemory,
    domain::{AllowedGuilds, Retention},
    ports::{ErasePeople, FindByName, ReadDay, ReadLedgers, ReadMessages, ReadWindow, TeachPeople, WriteMessages},
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
    /// Where anything is taught.
    pub allowed_guilds: AllowedGuilds,
}

/// What `people` does with what is known: it teaches, ends, and hands out all that is kept of a person.
pub trait PeopleMemory:
    TeachPeople + FindByName + ErasePeople + ReadWindow + ReadDay + ReadLedgers + IngestMemory
{
}

impl<S: TeachPeople + FindByName + ErasePeople + ReadWindow + ReadDay + ReadLedgers + IngestMemory> PeopleMemory for S {}

/// What `people` does with messages: it hands them out, and takes them away.
pub trait PeopleMessages: ReadMessages + WriteMessages {}

impl<W: ReadMessages + WriteMessages> PeopleMessages for W {}
