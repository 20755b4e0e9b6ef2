//! Leases on guild-days and on memories.

use jiff::Timestamp;

use super::state::{InMemoryStore, State};
use crate::{
    domain::{BuildState, FailedAttempt, GuildId, Lease, LeaseOwner},
    ports::{HoldLeases, LeaseOn, StoreError},
};

impl HoldLeases for InMemoryStore {
    async fn acquire(&self, guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state();
        let nothing_to_make = state.has_nothing_to_make(guild, on, now);
        let build = state.build_state(guild, on);
        if nothing_to_make || build.is_under_way(now) {
            return Ok(false);
        }
        build.lease = Some(lease.clone());
        if let LeaseOn::Memory { user, day_versions, .. } = on {
            state.memory_leases.insert((guild, *user), day_versions.clone());
        }
        Ok(true)
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        let mut state = self.state();
        let build = state.build_state(guild, on);
        if !build.belongs_to(&lease.owner) {
            return Err(StoreError::Conflict);
        }
        build.lease = Some(lease.clone());
        Ok(())
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        owner: &LeaseOwner,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let build = state.build_state(guild, on);
        if build.belongs_to(owner) {
            build.lease = None;
            build.last_failure = failure.cloned().or(build.last_failure.take());
        }
        Ok(())
    }
}

impl State {
    fn build_state(&mut self, guild: GuildId, on: &LeaseOn) -> &mut BuildState {
        match on {
            LeaseOn::Day(day) => self.day_builds.entry((guild, *day)).or_default(),
            LeaseOn::Memory { user, .. } => self.memory_builds.entry((guild, *user)).or_default(),
        }
    }

    /// A day that nobody wrote on, or a memory of these inputs that is there by now.
    fn has_nothing_to_make(&self, guild: GuildId, on: &LeaseOn, now: Timestamp) -> bool {
        match on {
            LeaseOn::Day(day) => !self.ledgers.contains_key(&(guild, *day)),
            LeaseOn::Memory { user, inputs, .. } => {
                self.memories.get(&(guild, *user)).is_some_and(|memory| memory.answers(inputs, now))
            }
        }
    }
}
