//! Who is asked for.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{GuildId, UserId};

/// Notes whose memories are asked for (DESIGN rule 38).
pub trait NoteAskedFor: Send + Sync {
    /// They were asked for `at` that time; each with when they were erased last, as it was read. Who was erased since is not
    /// noted (DESIGN rule 41).
    fn note_asked_for(
        &self,
        guild: GuildId,
        users: &[(UserId, Option<Timestamp>)],
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Knows whose memories were asked for.
pub trait ReadAskedFor: Send + Sync {
    /// Everybody who was asked for in the guild of late, and when that was noted last.
    fn asked_for(&self, guild: GuildId)
    -> impl Future<Output = Result<BTreeMap<UserId, Timestamp>, StoreError>> + Send;
}
