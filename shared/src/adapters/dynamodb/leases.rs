//! Leases on ledgers and on memories, by conditions:
//!
//! ```text
//! acquire   nobody's, or run out (and for a memory: not there yet, made of these inputs)  ──▶ set owner and end
//!           (a memory that cannot be read: nobody's, and still what was read)             ──▶ set owner and end
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

use super::{
    attributes::{map, text},
    keys::Key,
    people::memory::MemoryItem,
    table::{Write, condition_held},
    tables::MemoryTable,
    time::{EpochMillis, EpochSeconds, rfc_3339},
};
use crate::{
    domain::{Day, FailedAttempt, GuildId, Lease, LeaseOwner, MEMORY_LIFE},
    ports::{HoldLeases, LeaseOn, StoreError},
};

/// Mine counts as free: the SDK tries again when an answer was lost, and meets what it wrote itself.
const IS_FREE: &str = "(attribute_not_exists(lease_owner) OR lease_until <= :now OR lease_owner = :owner)";
const IS_MINE: &str = "lease_owner = :owner";
/// All that a lease is.
pub(super) const REMOVE_LEASE: &str = "REMOVE lease_owner, lease_until, lease_input, lease_days";
/// Without a ledger there is nothing to summarize.
const HAS_MESSAGES: &str = "attribute_exists(version)";
/// A memory of these inputs that still lives needs no merge.
const IS_ANOTHER: &str = "(attribute_not_exists(input_hash) OR input_hash <> :input OR built_at <= :oldest)";

impl HoldLeases for MemoryTable {
    async fn acquire(&self, guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        let key = key(guild, on);
        match on {
            LeaseOn::Day(_) => {
                let set = set_lease(&key, lease).only_if(format!("{HAS_MESSAGES} AND {IS_FREE}"));
                condition_held(self.table.write_contended(set.value(":now", EpochMillis::from(now))).await)
            }
            LeaseOn::Memory { inputs, day_versions, .. } => {
                let set = set_lease_for(&key, lease, inputs, day_versions, now)?;
                self.acquire_memory(&key, set, lease, now).await
            }
        }
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

impl MemoryTable {
    async fn acquire_memory(
        &self,
        memory: &Key,
        set: Write,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let if_another = (set.clone().only_if(format!("{IS_ANOTHER} AND {IS_FREE}")))
            .value(":now", EpochMillis::from(now))
            .value(":oldest", rfc_3339(now - MEMORY_LIFE));
        match condition_held(self.table.write_contended(if_another).await)? {
            true => Ok(true),
            false => self.acquire_unreadable(memory, set, lease, now).await,
        }
    }

    /// A memory that cannot be read is as good as none, whatever its inputs were. No condition can say of an item that it
    /// cannot be read: so it is read, and must not have changed since.
    async fn acquire_unreadable(
        &self,
        memory: &Key,
        set: Write,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(item) = self.table.get(memory).await? else { return Ok(false) };
        let there = MemoryItem::read(memory, &item);
        let build = there.build_state();
        if !there.is_unreadable() || (build.is_under_way(now) && !build.belongs_to(&lease.owner)) {
            return Ok(false);
        }
        // Others may have read the same, and been faster.
        let set = match item.contains_key("lease_owner") {
            true => set,
            false => set.only_if("attribute_not_exists(lease_owner)"),
        };
        condition_held(self.table.write_contended(set.only_over(&item)).await)
    }
}

fn set_lease(key: &Key, lease: &Lease) -> Write {
    with_lease(Write::update(key, "SET lease_owner = :owner, lease_until = :until"), lease)
}

fn set_lease_for(
    memory: &Key,
    lease: &Lease,
    inputs: &str,
    day_versions: &BTreeMap<Day, u64>,
    now: Timestamp,
) -> Result<Write, StoreError> {
    const SET: &str = "SET lease_owner = :owner, lease_until = :until, lease_input = :input, lease_days = :days, \
                       expires_at = :expiry";
    Ok(with_lease(Write::update(memory, SET), lease)
        .value(":input", text(inputs))
        .value(":days", map("lease_days", day_versions)?)
        .value(":expiry", EpochSeconds::after(now, MEMORY_LIFE)))
}

fn with_lease(write: Write, lease: &Lease) -> Write {
    write.value(":owner", text(lease.owner.as_str())).value(":until", EpochMillis::from(lease.until))
}
