//! Days: their summaries, chunks and leases.

use super::*;

impl ReadDay for InMemoryStore {
    async fn read_day(&self, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
        self.state().day(guild, day)
    }
}

impl CommitDaySummary for InMemoryStore {
    async fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let purged_version = state.purged_version(guild, day);
        let making = state.day_making.entry((guild, day)).or_default();
        if !making.belongs_to(attempt) || summary.version < purged_version {
            return Err(StoreError::Conflict);
        }
        making.lease = None;
        state.day_people.entry((guild, day)).or_default().extend(summary.texts.keys());
        state.summaries.insert((guild, day), summary.clone());
        Ok(())
    }

    async fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<jiff::Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let there = state.summaries.get_mut(&(guild, day)).filter(|there| there.built_at == seen.built_at);
        there.ok_or(StoreError::Conflict)?.expires_at = expires_at;
        Ok(())
    }
}

impl HoldLeases for InMemoryStore {
    async fn acquire(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        lease: &Lease,
        now: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let there = state.is_there(guild, on, now);
        let making = state.making(guild, on);
        if there || making.is_under_way(now) {
            return Ok(false);
        }
        making.lease = Some(lease.clone());
        Ok(true)
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        let mut state = self.state();
        let making = state.making(guild, on);
        if !making.belongs_to(&lease.owner) {
            return Err(StoreError::Conflict);
        }
        making.lease = Some(lease.clone());
        Ok(())
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        attempt: &AttemptId,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let making = state.making(guild, on);
        if making.belongs_to(attempt) {
            making.lease = None;
            making.last_failure = failure.cloned().or(making.last_failure.take());
        }
        Ok(())
    }
}

impl KeepChunks for InMemoryStore {
    async fn kept_chunk(&self, guild: GuildId, day: Day, hash: &str) -> Result<Option<KeptChunk>, StoreError> {
        Ok(self.state().chunks.get(&(guild, day, hash.to_owned())).map(|(chunk, _)| chunk.clone()))
    }

    async fn keep_chunk(
        &self,
        guild: GuildId,
        day: Day,
        hash: &str,
        chunk: &KeptChunk,
        version: u64,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let is_ours = state.day_making.get(&(guild, day)).is_some_and(|making| making.belongs_to(attempt));
        if !is_ours || version < state.purged_version(guild, day) {
            return Err(StoreError::Conflict);
        }
        state.chunks.insert((guild, day, hash.to_owned()), (chunk.clone(), version));
        Ok(())
    }
}

impl PurgeDay for InMemoryStore {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        let people = state.day_people.get(&(guild, day)).cloned().unwrap_or_default();
        for user in people {
            let holds_words =
                |memory: &Memory| memory.day_versions.get(&day).is_some_and(|used| *used < purged_version);
            if state.memories.get(&(guild, user)).is_some_and(holds_words) {
                state.memories.remove(&(guild, user));
            }
        }
        if state.summaries.get(&(guild, day)).is_some_and(|summary| summary.version < purged_version) {
            state.summaries.remove(&(guild, day));
        }
        state.chunks.retain(|(of, on, _), (_, version)| (*of, *on) != (guild, day) || *version >= purged_version);
        Ok(())
    }
}
