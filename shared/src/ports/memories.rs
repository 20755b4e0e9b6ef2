//! All that a request for memories reads and keeps.

use std::{collections::BTreeMap, future::Future};

use super::StoreError;
use crate::domain::{AttemptId, Day, DayRecord, GuildId, Making, Memory, Person, UserId};

/// What is known about one person, and what was merged from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonRecord {
    /// Facts and names.
    pub person: Person,
    /// The last merged memory, expired or not.
    pub memory: Option<Memory>,
    /// Who is merging the next one.
    pub making: Making,
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
    /// The records of `days` and of `people`.
    fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> impl Future<Output = Window> + Send;
}

/// Keeps merged memories.
pub trait CommitMemory: Send + Sync {
    /// Replaces the person's memory and drops the lease of `attempt`, both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or something was deleted from a day that was used.
    fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        attempt: &AttemptId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
