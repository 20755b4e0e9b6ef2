//! Who left (DESIGN rules 44 and 45).

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{GuildId, Left, UserId};

/// Knows of whom something is kept: facts, or the names they were seen under.
pub trait ListPeople: Send + Sync {
    /// Everybody in the guild, and when Discord was last asked whether they are in it.
    fn listed_people(
        &self,
        guild: GuildId,
    ) -> impl Future<Output = Result<BTreeMap<UserId, Option<Timestamp>>, StoreError>> + Send;

    /// Notes that Discord was asked `at` that time. Of whom nothing is kept any more nothing is noted.
    fn note_member_asked(
        &self,
        guild: GuildId,
        user: UserId,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Notes who left and who came back.
pub trait NoteLeft: Send + Sync {
    /// Notes that they left `at` that time. `false` if it was noted before: that time stays.
    fn note_left(&self, who: Left, at: Timestamp) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Forgets that they left. `false` if it was not noted.
    fn note_back(&self, who: Left) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// When they left, if that is noted.
    fn left_at(&self, who: Left) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;
}

/// Knows who left.
pub trait ReadLeft: NoteLeft {
    /// Everybody of the deployment who left, and when.
    fn all_left(&self) -> impl Future<Output = Result<BTreeMap<Left, Timestamp>, StoreError>> + Send;
}
