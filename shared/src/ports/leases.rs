//! Who is making what.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{Day, FailedAttempt, GuildId, Lease, LeaseOwner, UserId};

/// What a lease is on: a guild-day's summary, or the merge of certain inputs for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseOn {
    /// The summary of that day.
    Day(Day),
    /// The memory of a person.
    Memory {
        /// Whose.
        user: UserId,
        /// The hash of what it is made from.
        inputs: String,
        /// The days in it, each with a ledger version that its text was not older than: a [`PurgeDay`](super::PurgeDay) takes
        /// the lease of what is made from words that were deleted.
        day_versions: BTreeMap<Day, u64>,
    },
}

/// Takes and gives back leases (DESIGN rules 8 and 9). Every write has a condition, so that it fails rather than harm
/// another's.
pub trait HoldLeases: Send + Sync {
    /// Takes the lease if nobody holds it at `now`. `false`: somebody does, or a memory of those inputs is there by now.
    fn acquire(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        lease: &Lease,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Prolongs the lease.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is another's by now.
    fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Drops the lease of `owner`, and records why it failed if it did. A lease that is another's is left alone.
    fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        owner: &LeaseOwner,
        failure: Option<&FailedAttempt>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
