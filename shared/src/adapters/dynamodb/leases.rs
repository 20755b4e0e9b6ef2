//! Leases on ledgers and on memories, by conditions:
//!
//! ```text
//! acquire   nobody's, or run out (and for a memory: not there yet, made of these inputs)  ──▶ set owner and end
//! renew     still mine                                                                    ──▶ set the end
//! release   still mine                                                                    ──▶ remove, note a failure
//! commit    still mine (and for a day: nothing was deleted meanwhile)                     ──▶ put and remove: `summaries::commit`,
//!                                                                                             `people::memory`
//! purge     (for a memory) for words that were deleted                                    ──▶ remove: `summaries::purge`
//! ```
//!
//! A lease on a memory prolongs the life of its item, so that no TTL sweep takes the lease along. The memory in it still ends
//! when it would have: by `built_at`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    attributes::{map, text},
    keys::Key,
    table::{Write, condition_held},
    tables::MemoryTable,
    time::{EpochMillis, EpochSeconds, rfc_3339},
};
use crate::{
    domain::{BuildState, Day, FailedAttempt, GuildId, Lease, LeaseOwner, MEMORY_LIFE},
    ports::{HoldLeases, LeaseOn, StoreError},
};

/// Mine counts as free: the SDK tries again when an answer was lost, and meets what it wrote itself.
const IS_FREE: &str = "(attribute_not_exists(lease_owner) OR lease_until <= :now OR lease_owner = :owner)";
const IS_MINE: &str = "lease_owner = :owner";
/// All that a lease is.
pub(super) const REMOVE_LEASE: &str = "REMOVE lease_owner, lease_until, lease_input, lease_days";

impl HoldLeases for MemoryTable {
    async fn acquire(&self, guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        let key = key(guild, on);
        let write = match on {
            LeaseOn::Day(_) => acquire_day(&key),
            LeaseOn::Memory { inputs, day_versions, .. } => acquire_memory(&key, inputs, day_versions, now)?,
        };
        let write = write
            .value(":owner", text(lease.owner.as_str()))
            .value(":until", EpochMillis::from(lease.until))
            .value(":now", EpochMillis::from(now));
        condition_held(self.table.write_contended(write).await)
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        let write = Write::update(&key(guild, on), "SET lease_until = :until")
            .only_if(IS_MINE)
            .value(":owner", text(lease.owner.as_str()))
            .value(":until", EpochMillis::from(lease.until));
        self.table.write_contended(write).await
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        owner: &LeaseOwner,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        let key = key(guild, on);
        let write = match failure {
            None => Write::update(&key, REMOVE_LEASE),
            Some(failure) => Write::update(&key, &format!("SET last_failure = :failure {REMOVE_LEASE}"))
                .value(":failure", map("failure", failure)?),
        };
        let write = write.only_if(IS_MINE).value(":owner", text(owner.as_str()));
        // Where it did not hold, the lease is another's by now.
        condition_held(self.table.write_contended(write).await).map(drop)
    }
}

fn key(guild: GuildId, on: &LeaseOn) -> Key {
    match on {
        LeaseOn::Day(day) => Key::ledger(guild, *day),
        LeaseOn::Memory { user, .. } => Key::memory(guild, *user),
    }
}

/// Without a ledger there is nothing to summarize.
fn acquire_day(ledger: &Key) -> Write {
    Write::update(ledger, "SET lease_owner = :owner, lease_until = :until")
        .only_if(format!("attribute_exists(version) AND {IS_FREE}"))
}

/// A memory of these inputs that still lives needs no merge.
fn acquire_memory(
    memory: &Key,
    inputs: &str,
    day_versions: &BTreeMap<Day, u64>,
    now: Timestamp,
) -> Result<Write, StoreError> {
    const SET: &str = "SET lease_owner = :owner, lease_until = :until, lease_input = :input, lease_days = :days, \
                       expires_at = :expiry";
    const IS_ANOTHER: &str = "(attribute_not_exists(input_hash) OR input_hash <> :input OR built_at <= :oldest)";
    Ok(Write::update(memory, SET)
        .only_if(format!("{IS_FREE} AND {IS_ANOTHER}"))
        .value(":input", text(inputs))
        .value(":days", map("lease_days", day_versions)?)
        .value(":oldest", rfc_3339(now - MEMORY_LIFE))
        .value(":expiry", EpochSeconds::after(now, MEMORY_LIFE)))
}

/// The lease on an item, and the last attempt that failed.
#[derive(Default, Deserialize)]
pub(super) struct BuildStateItem {
    lease_owner: Option<LeaseOwner>,
    lease_until: Option<EpochMillis>,
    lease_days: Option<BTreeMap<Day, u64>>,
    last_failure: Option<FailedAttempt>,
}

impl BuildStateItem {
    /// Who is making the item's successor.
    pub(super) fn build_state(&self) -> BuildState {
        let end = self.lease_until.map(Timestamp::from);
        let lease = self.lease_owner.clone().zip(end).map(|(owner, until)| Lease { owner, until });
        BuildState { lease, last_failure: self.last_failure.clone() }
    }

    /// Whether it is held, run out or not, for a memory that is made of that day from before the version. A lease that does
    /// not say what for counts as such.
    pub(super) fn is_for_before(&self, day: Day, version: u64) -> bool {
        let uses_it = |days: &BTreeMap<Day, u64>| days.get(&day).is_some_and(|used| *used < version);
        self.lease_owner.is_some() && self.lease_days.as_ref().is_none_or(uses_it)
    }
}
