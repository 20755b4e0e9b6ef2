//! People: what they taught, and the names they are seen under.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
};

use super::StoreError;
use crate::domain::{Fact, FactId, GuildId, MessageId, Person, UserId};

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
    /// Makes the name the current one unless one from a later message is known, and adds it to the names the person was seen
    /// under while there are fewer than [`MAX_NAMES`](crate::domain::MAX_NAMES).
    fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Changes what people taught.
pub trait TeachPeople: ReadPeople {
    /// Replaces the facts.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when they are not at `seen_revision` any more.
    fn replace_facts(
        &self,
        guild: GuildId,
        user: UserId,
        facts: &BTreeMap<FactId, Fact>,
        seen_revision: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds an alias; adding it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there are [`MAX_ALIASES`](crate::domain::MAX_ALIASES) already.
    fn add_alias(
        &self,
        guild: GuildId,
        user: UserId,
        alias: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
