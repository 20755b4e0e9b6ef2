//! People: what was taught, the names they are seen under, and what is merged from it.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{BuildState, Day, DayRecord, GuildId, KnownNames, LeaseOwner, Memory, Person, UserId};

/// Reads what is known about people.
pub trait ReadPeople: Send + Sync {
    /// Everybody who was asked for; who is unknown is there with nothing known.
    fn people(
        &self,
        guild: GuildId,
        users: &[UserId],
    ) -> impl Future<Output = Result<HashMap<UserId, Person>, StoreError>> + Send;
}

/// Notes the names people are seen under.
pub trait RecordNames: Send + Sync {
    /// Notes what a source says of the names of a person, as far as it is later than what is known
    /// ([`Person::after`]). Who carries a name that was noted [is found](FindByName) by it.
    ///
    /// # Errors
    /// [`StoreError::Throttled`] when others changed the same person all the time.
    fn record_names(
        &self,
        guild: GuildId,
        user: UserId,
        said: &KnownNames,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Changes what people taught.
pub trait TeachPeople: ReadPeople {
    /// Replaces facts, aliases and the count of names that were taken back by those of `person`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when they are not at the revision of `person` any more.
    fn replace_taught(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Drops a name that `person` was once seen under, and counts that. Nobody finds the person by it any more, unless they
    /// [are seen](Person::was_seen_as) under one that is the same.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something was taught or taken back meanwhile, or the person was seen under another name.
    fn drop_name(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        name: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Ends what is known about people (DESIGN rule 41).
pub trait ErasePeople: ReadPeople {
    /// Leaves of `person` what [`Person::erased`] says, and nobody finds them by a name. From then on whoever read them
    /// before can teach nothing and note no name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when they are not as they were read.
    fn erase_person(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        opted_out: bool,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes the person's memory with the lease on it, and what was noted of who asked and was asked for. Whoever merges
    /// for them by then cannot commit; whoever gets a lease later [looks](ReadPeople) whether they were erased.
    fn forget_memory(&self, guild: GuildId, user: UserId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Refuses what [was read](super::WriteMessages::stored_day) before and is still to be stored of the day: it was decided
    /// before the person was erased.
    fn fence_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes the person's text out of the day's summary, of all that it is made of, and of who was in one. Whether a text
    /// was taken out of the summary that is there: what is told of others in it stays. Done again it does nothing.
    fn erase_from_day(
        &self,
        guild: GuildId,
        day: Day,
        user: UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Tells people once that a guild asks them (DESIGN rule 42).
pub trait TellOnce: Send + Sync {
    /// Notes that the person was told; `false` if they were before.
    fn note_told(&self, guild: GuildId, user: UserId) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Finds people by the names they are seen under.
pub trait FindByName: Send + Sync {
    /// Everybody in the guild who was seen under a name that [is the same](crate::domain::is_same_name).
    fn seen_as(&self, guild: GuildId, name: &str) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;
}

/// What is known about one person, and what was merged from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonRecord {
    /// Facts and names.
    pub person: Person,
    /// The last merged memory, expired or not.
    pub memory: Option<Memory>,
    /// Who is merging the next one.
    pub build: BuildState,
}

/// All that a request for memories looks at. What could not be read is an error in its place (DESIGN rule 14).
pub struct Window {
    /// One entry for every day asked for.
    pub days: BTreeMap<Day, Result<DayRecord, StoreError>>,
    /// One entry for every person asked for.
    pub people: BTreeMap<UserId, Result<PersonRecord, StoreError>>,
}

/// Reads days and people in one round.
pub trait ReadWindow: Send + Sync {
    /// The records of `days`, with the texts of `people` alone, and those of `people`.
    fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> impl Future<Output = Window> + Send;
}

/// Keeps merged memories.
pub trait CommitMemory: Send + Sync {
    /// Replaces the person's memory and drops the lease of `owner`, both or neither. It is one write to one item, so that no
    /// two commits meet (DESIGN rule 9).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or was taken by a [`PurgeDay`](super::PurgeDay).
    fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        owner: &LeaseOwner,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
