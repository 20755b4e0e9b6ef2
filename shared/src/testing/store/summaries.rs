//! Guild-days: their summaries and chunks, and what a deletion takes along.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::{InMemoryStore, State, unavailable};
use crate::{
    domain::{Day, DayRecord, DaySummary, GuildId, KeptChunk, LeaseOwner, Memory, prompt::KeptCut},
    ports::{CommitDaySummary, KeepChunks, LedgerRecord, PurgeDay, ReadDay, StoreError, TextsOf, WatchDays},
};

impl ReadDay for InMemoryStore {
    async fn read_day(&self, guild: GuildId, day: Day, of: TextsOf<'_>) -> Result<DayRecord, StoreError> {
        self.state().day(guild, day, of)
    }
}

impl WatchDays for InMemoryStore {
    async fn day_ledgers(&self, guild: GuildId, days: &[Day]) -> BTreeMap<Day, Result<LedgerRecord, StoreError>> {
        let state = self.state();
        let record = |day: &Day| {
            let DayRecord { ledger, build, .. } = state.day(guild, *day, TextsOf::NOBODY)?;
            Ok(LedgerRecord { ledger, build })
        };
        days.iter().map(|day| (*day, record(day))).collect()
    }
}

impl CommitDaySummary for InMemoryStore {
    async fn note_reading(&self, guild: GuildId, day: Day, version: u64, owner: &LeaseOwner) -> Result<(), StoreError> {
        let mut state = self.state();
        let is_mine = state.day_builds.get(&(guild, day)).is_some_and(|build| build.belongs_to(owner));
        if !is_mine || state.ledgers.get(&(guild, day)).is_none_or(|ledger| ledger.version != version) {
            return Err(StoreError::Conflict);
        }
        state.read_versions.insert((guild, day), version);
        Ok(())
    }

    async fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        state.check_fence(guild, day, summary.version, owner)?;
        state.day_builds.entry((guild, day)).or_default().lease = None;
        state.day_people.entry((guild, day)).or_default().extend(summary.texts.keys());
        state.summaries.insert((guild, day), summary.clone());
        Ok(())
    }

    async fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        match state.summaries.get_mut(&(guild, day)) {
            Some(there) if there.built_at == seen.built_at => there.expires_at = expires_at,
            _ => return Err(StoreError::Conflict),
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
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        state.check_fence(guild, day, version, owner)?;
        state.chunks.insert((guild, day, hash.to_owned()), (chunk.clone(), version));
        Ok(())
    }

    async fn kept_cut(&self, guild: GuildId, day: Day) -> Result<KeptCut, StoreError> {
        Ok(self.state().cuts.get(&(guild, day)).cloned().unwrap_or_default())
    }

    async fn keep_cut(&self, guild: GuildId, day: Day, cut: &KeptCut, _now: Timestamp) -> Result<(), StoreError> {
        self.state().cuts.insert((guild, day), cut.clone());
        Ok(())
    }
}

impl PurgeDay for InMemoryStore {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        let people = state.day_people.get(&(guild, day)).cloned().unwrap_or_default();
        let holds_words = |memory: &Memory| memory.day_versions.get(&day).is_some_and(|used| *used < purged_version);
        state.memories.retain(|(of, user), memory| *of != guild || !people.contains(user) || !holds_words(memory));
        let uses_words = |days: &BTreeMap<Day, u64>| days.get(&day).is_some_and(|used| *used < purged_version);
        for user in people {
            if state.memory_leases.get(&(guild, user)).is_some_and(uses_words) {
                state.memory_builds.entry((guild, user)).or_default().lease = None;
            }
        }
        state.chunks.retain(|(of, on, _), (_, version)| (*of, *on) != (guild, day) || *version >= purged_version);
        state.summaries.retain(|key, summary| *key != (guild, day) || summary.version >= purged_version);
        if let Some(ledger) = state.ledgers.get_mut(&(guild, day)) {
            ledger.purge_done = ledger.purge_done.max(purged_version);
        }
        Ok(())
    }
}

impl State {
    pub(super) fn day(&self, guild: GuildId, day: Day, of: TextsOf<'_>) -> Result<DayRecord, StoreError> {
        if self.failures.days.contains(&day) {
            return Err(unavailable());
        }
        let key = (guild, day);
        let mut summary = self.summaries.get(&key).cloned();
        if let (Some(summary), TextsOf::People(users)) = (&mut summary, of) {
            summary.texts.retain(|user, _| users.contains(user));
        }
        Ok(DayRecord {
            ledger: self.ledgers.get(&key).copied(),
            summary,
            build: self.day_builds.get(&key).cloned().unwrap_or_default(),
        })
    }

    /// The lease must be the owner's, and nothing deleted since the version that was read.
    fn check_fence(&self, guild: GuildId, day: Day, version: u64, owner: &LeaseOwner) -> Result<(), StoreError> {
        let is_mine = self.day_builds.get(&(guild, day)).is_some_and(|build| build.belongs_to(owner));
        if is_mine && version >= self.purged_version(guild, day) { Ok(()) } else { Err(StoreError::Conflict) }
    }
}
