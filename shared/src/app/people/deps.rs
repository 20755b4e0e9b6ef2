//! What `people` works with.

use crate::{
    domain::AllowedGuilds,
    ports::{ErasePeople, FindByName, ReadDay, ReadLedgers, ReadMessages, ReadSettings, ReadWindow, TeachPeople},
};

/// What the use case works with.
pub struct Deps<S, W, C> {
    /// What is known.
    pub memory: S,
    /// What people wrote.
    pub messages: W,
    /// The time.
    pub clock: C,
    /// Where anything is taught.
    pub allowed_guilds: AllowedGuilds,
}

/// What `people` does with what is known: it teaches, ends, and hands out all that is kept of a person.
pub trait PeopleMemory:
    TeachPeople + FindByName + ReadSettings + ErasePeople + ReadWindow + ReadDay + ReadLedgers
{
}

impl<S: TeachPeople + FindByName + ReadSettings + ErasePeople + ReadWindow + ReadDay + ReadLedgers> PeopleMemory for S {}

/// What `people` does with messages.
pub trait PeopleMessages: ReadMessages {}

impl<W: ReadMessages> PeopleMessages for W {}
