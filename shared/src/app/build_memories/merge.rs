//! Merges, each under a lease that is tied to its inputs, so that callers who ask for the same person pay once (DESIGN
//! rule 9).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{plan::Merge, purges::purged_versions};
use crate::{
    app::{
        AppError, Deadline,
        models::ask_before,
        single_flight::{Builds, Outcome, UnderLease, Work, await_all},
    },
    domain::{Day, GuildId, LeaseOwner, MEMORY_LIFE, Memory, Usage, UserId},
    ports::{
        Clock, CommitMemory, Completion, HoldLeases, LanguageModel, LeaseOn, ModelError, ModelResponse, PersonRecord,
        ReadWindow, StoreError,
    },
};

/// Characters of a memory that are kept; far above what the instructions ask for.
const MAX_MEMORY_CHARS: usize = 8_000;

/// The merges of one request.
pub(super) struct Merges<'a, S, M, C> {
    pub(super) memory: &'a S,
    pub(super) model: &'a M,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) deadline: Deadline,
    /// Whether what comes of them is kept.
    pub(super) is_kept: bool,
    pub(super) wanted: BTreeMap<UserId, Box<Merge<'a>>>,
}

/// What came of a merge.
pub(super) enum Merged {
    /// This request paid for it; it may not have been kept.
    Now(String, Option<AppError>),
    /// Somebody else did.
    Before(String),
    /// It is made of words that were deleted meanwhile.
    Purged,
}

impl<S, M, C> Merges<'_, S, M, C>
where
    S: ReadWindow + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    /// What comes of all that are done before the deadline. All fail at once while no model may be asked (DESIGN rule 10).
    pub(super) async fn all(&self) -> BTreeMap<UserId, Result<Merged, AppError>> {
        if self.wanted.is_empty() {
            return BTreeMap::new();
        }
        let people = self.wanted.keys().copied();
        match self.model.refusal().await {
            Some(refusal) => people.map(|user| (user, Err(refusal.clone().into()))).collect(),
            None => await_all(self, people, self.deadline).await,
        }
    }

    /// Asks the model and keeps its answer, under the lease of `owner`. Having got it, it looks again: what was deleted
    /// meanwhile is neither asked about nor paid for.
    async fn merge(&self, user: UserId, merge: &Merge<'_>, owner: &LeaseOwner) -> Result<Work<Merged>, AppError> {
        if self.is_purged(merge).await {
            return Ok(Work::Uncommitted(Merged::Purged));
        }
        let ModelResponse { outcome, usage } = ask_before(self.deadline, self.model, &merge.prompt).await;
        let memory = memory(merge, outcome?, usage, self.clock.now())?;
        if !self.is_kept {
            return Ok(Work::Uncommitted(Merged::Now(memory.text, None)));
        }
        match self.memory.commit_memory(self.guild, user, &memory, owner).await {
            Ok(()) => Ok(Work::Committed(Merged::Now(memory.text, None))),
            Err(StoreError::Conflict) if self.is_still_leased(user, owner).await? => {
                Ok(Work::Uncommitted(Merged::Purged))
            }
            Err(StoreError::Conflict) => Ok(Work::Lost),
            Err(error) => Ok(Work::Uncommitted(Merged::Now(memory.text, Some(error.into())))),
        }
    }

    async fn is_purged(&self, merge: &Merge<'_>) -> bool {
        let used = merge.inputs.day_versions();
        let days: Vec<Day> = used.keys().copied().collect();
        let purged = purged_versions(&self.memory.read_window(self.guild, &days, &[]).await.days);
        used.iter().any(|(day, version)| purged.get(day).is_some_and(|purged| purged > version))
    }

    async fn is_still_leased(&self, user: UserId, owner: &LeaseOwner) -> Result<bool, StoreError> {
        let mut window = self.memory.read_window(self.guild, &[], &[user]).await;
        let record = window.people.remove(&user).transpose()?;
        Ok(record.is_some_and(|record| record.build.belongs_to(owner)))
    }

    /// What a look at a merge that somebody else was making tells.
    fn outcome(&self, user: UserId, record: &PersonRecord, now: Timestamp) -> Outcome<Merged> {
        let Some(merge) = self.wanted.get(&user) else { return Outcome::Free };
        match merge.cached_in(record, now) {
            Some(text) => Outcome::Done(Ok(Merged::Before(text))),
            None => Outcome::of_missing(&record.build, &merge.record.build, Some(&merge.input_hash), now),
        }
    }
}

impl<S, M, C> Builds for Merges<'_, S, M, C>
where
    S: ReadWindow + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    type Key = UserId;
    type Built = Merged;

    async fn try_build(&self, user: UserId) -> Outcome<Merged> {
        let Some(merge) = self.wanted.get(&user).filter(|_| !self.deadline.is_reached()) else {
            return Outcome::Free;
        };
        let on = LeaseOn::Memory(user, merge.input_hash.clone());
        let lease = UnderLease { store: self.memory, clock: self.clock, guild: self.guild, on };
        lease.work(self.deadline.reached(), async |owner| self.merge(user, merge, owner).await).await
    }

    async fn look(&self, users: &BTreeSet<UserId>) -> Vec<(UserId, Outcome<Merged>)> {
        let users: Vec<UserId> = users.iter().copied().collect();
        let window = self.memory.read_window(self.guild, &[], &users).await;
        let now = self.clock.now();
        let outcome = |(user, record)| match record {
            Ok(record) => (user, self.outcome(user, &record, now)),
            Err(_) => (user, Outcome::Held),
        };
        window.people.into_iter().map(outcome).collect()
    }
}

fn memory(merge: &Merge<'_>, completion: Completion, usage: Usage, built_at: Timestamp) -> Result<Memory, ModelError> {
    let text: String = completion.text.trim().chars().take(MAX_MEMORY_CHARS).collect();
    if text.is_empty() {
        return Err(ModelError::Unavailable { reason: "the answer is blank".to_owned() });
    }
    Ok(Memory {
        text,
        input_hash: merge.input_hash.clone(),
        facts_hash: merge.record.person.taught_hash(),
        day_versions: merge.inputs.day_versions(),
        model: completion.model,
        usage,
        built_at,
        expires_at: built_at.checked_add(MEMORY_LIFE).unwrap_or(Timestamp::MAX),
    })
}
