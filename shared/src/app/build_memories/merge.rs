//! Merges, each under a lease that is tied to its inputs, so that callers who ask for the same person pay once (DESIGN
//! rule 9).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{plan::Merge, purges::SharedLooks};
use crate::{
    app::{
        AppError, Deadline,
        models::ask_before,
        retry::backoff,
        single_flight::{Builds, Outcome, UnderLease, Work, await_all},
    },
    domain::{GuildId, LeaseOwner, MEMORY_LIFE, Memory, Usage, UserId},
    ports::{
        Clock, CommitMemory, Completion, HoldLeases, LanguageModel, LeaseOn, ModelError, ModelResponse, PersonRecord,
        ReadWindow, StoreError, WatchDays,
    },
};

/// How often it is tried to keep what was paid for while the store is throttling or cannot be reached.
const MAX_COMMITS: u32 = 6;

/// Characters of a memory that are kept; far above what the instructions ask for.
const MAX_MEMORY_CHARS: usize = 8_000;

/// The merges of one request.
pub(super) struct Merges<'a, S, M, C> {
    pub(super) memory: &'a S,
    pub(super) model: &'a M,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) deadline: Deadline,
    /// What was deleted meanwhile.
    pub(super) looks: SharedLooks<'a, S>,
    pub(super) wanted: BTreeMap<UserId, Merge<'a>>,
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
    S: ReadWindow + WatchDays + CommitMemory + HoldLeases,
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
    /// meanwhile is neither asked about nor paid for. What is deleted later takes the lease (DESIGN rule 19).
    async fn merge(&self, user: UserId, merge: &Merge<'_>, owner: &LeaseOwner) -> Result<Work<Merged>, AppError> {
        if self.looks.is_purged(&merge.inputs.day_versions()).await? {
            return Ok(Work::Uncommitted(Merged::Purged));
        }
        let ModelResponse { outcome, usage } = ask_before(self.deadline, self.model, &merge.prompt).await;
        if outcome == Err(ModelError::NoTurn) {
            return Ok(Work::Late);
        }
        let memory = memory(merge, outcome?, usage, self.clock.now())?;
        match self.keep(user, &memory, owner).await {
            Ok(()) => Ok(Work::Committed(Merged::Now(memory.text, None))),
            Err(StoreError::Conflict) if self.is_kept(user, &memory).await? => {
                Ok(Work::Committed(Merged::Now(memory.text, None)))
            }
            Err(StoreError::Conflict) => Ok(Work::Lost),
            Err(error) => {
                let error = AppError::from(error);
                Ok(Work::Unkept(Merged::Now(memory.text, Some(error.clone())), error))
            }
        }
    }

    /// Keeps what was paid for, also where the store is busy: its input hash says what it was made from.
    async fn keep(&self, user: UserId, memory: &Memory, owner: &LeaseOwner) -> Result<(), StoreError> {
        for attempt in 1..MAX_COMMITS {
            match self.memory.commit_memory(self.guild, user, memory, owner).await {
                Err(StoreError::Throttled | StoreError::Unavailable { .. }) if !self.deadline.is_reached() => {
                    tokio::time::sleep(backoff(attempt)).await;
                }
                decided => return decided,
            }
        }
        self.memory.commit_memory(self.guild, user, memory, owner).await
    }

    /// Whether the commit had passed, and only its answer was lost.
    async fn is_kept(&self, user: UserId, memory: &Memory) -> Result<bool, StoreError> {
        let mut window = self.memory.read_window(self.guild, &[], &[user]).await;
        let record = window.people.remove(&user).transpose()?;
        Ok(record.and_then(|record| record.memory).is_some_and(|kept| kept == *memory))
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
    S: ReadWindow + WatchDays + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    type Key = UserId;
    type Built = Merged;

    async fn try_build(&self, user: UserId) -> Outcome<Merged> {
        let Some(merge) = self.wanted.get(&user).filter(|_| !self.deadline.is_reached()) else {
            return Outcome::Free;
        };
        let day_versions = merge.inputs.day_versions();
        let on = LeaseOn::Memory { user, inputs: merge.input_hash.clone(), day_versions };
        let lease = UnderLease { store: self.memory, clock: self.clock, guild: self.guild, on };
        lease.work(self.deadline.reached(), async |owner| self.merge(user, merge, owner).await).await
    }

    async fn look(&self, users: &BTreeSet<UserId>) -> Vec<(UserId, Outcome<Merged>)> {
        let users: Vec<UserId> = users.iter().copied().collect();
        let window = self.memory.read_window(self.guild, &[], &users).await;
        let now = self.clock.now();
        let outcome = |(user, record)| match record {
            Ok(record) => (user, self.outcome(user, &record, now)),
            Err(error) => (user, Outcome::of_unread(error)),
        };
        window.people.into_iter().map(outcome).collect()
    }
}

fn memory(merge: &Merge<'_>, completion: Completion, usage: Usage, built_at: Timestamp) -> Result<Memory, ModelError> {
    if !completion.is_whole {
        return Err(ModelError::Unavailable { reason: "its answer may not be whole".to_owned() });
    }
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
