//! Merges, each under a lease that is tied to its inputs, so that callers who ask for the same person pay once (DESIGN
//! rule 9).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    batches::Batches,
    plan::{Merge, Plan, plan},
    purges::SharedLooks,
    wants::Wants,
    week::Week,
};
use crate::{
    app::{
        AppError, Deadline,
        retry::backoff,
        single_flight::{Builds, Outcome, UnderLease, Work, await_all},
    },
    domain::{GuildId, LeaseOwner, MEMORY_LIFE, Memory, Priority, Usage, UserId},
    ports::{
        Clock, CommitMemory, Completion, HoldLeases, LanguageModel, LeaseOn, ModelError, ModelResponse, PersonRecord,
        ReadPeople, ReadWindow, StoreError, WatchDays,
    },
};

/// How often it is tried to keep what was paid for while the store is throttling or cannot be reached.
const MAX_COMMITS: u32 = 6;

/// Characters of a memory that are kept; far above what the instructions ask for.
const MAX_MEMORY_CHARS: usize = 8_000;

/// The memories of one request, of which some are merged.
pub(super) struct Merges<'a, S, M, C> {
    pub(super) memory: &'a S,
    pub(super) model: &'a M,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) deadline: Deadline,
    pub(super) batches: Batches<'a, M>,
    /// What was deleted meanwhile.
    pub(super) looks: SharedLooks<'a, S>,
    /// What is known about the days by now.
    pub(super) week: watch::Receiver<Week>,
    pub(super) wants: Wants,
    pub(super) people: BTreeMap<UserId, Asked<'a>>,
}

/// What was to be done for each person, and what came of it if there was time.
pub(super) type Planned<'a> = Vec<(UserId, Plan<'a>, Option<Result<Merged, AppError>>)>;

/// Who is asked for.
pub(super) struct Asked<'a> {
    pub(super) record: &'a PersonRecord,
    /// What is to be done, once it is known.
    plan: OnceLock<Plan<'a>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(record: &'a PersonRecord) -> Self {
        Self { record, plan: OnceLock::new() }
    }

    fn merge(&self) -> Option<&Merge<'a>> {
        match self.plan.get()? {
            Plan::Merge(merge) => Some(merge),
            Plan::Ready(_) => None,
        }
    }
}

/// What came of a person's memory.
pub(super) enum Merged {
    /// There is nothing to merge now.
    Ready,
    /// This request paid for it; it may not have been kept.
    Now(String, Option<AppError>),
    /// Somebody else did.
    Before(String),
    /// It is made of words that were deleted meanwhile.
    Purged,
    /// The person was erased, or opted out, meanwhile.
    Erased,
}

impl<'a, S, M, C> Merges<'a, S, M, C>
where
    S: ReadWindow + ReadPeople + WatchDays + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    /// What comes of all that are done before the deadline.
    pub(super) async fn all(&self) -> BTreeMap<UserId, Result<Merged, AppError>> {
        await_all(self, self.people.keys().copied(), self.deadline).await
    }

    /// What was to be done for everybody, and what of it was `done`.
    pub(super) fn into_planned(self, mut done: BTreeMap<UserId, Result<Merged, AppError>>) -> Planned<'a> {
        let (week, now) = (self.week.borrow(), self.clock.now());
        let planned = |(user, asked): (UserId, Asked<'a>)| {
            // Where the days were not there in time, what would have been by what is known of them.
            let plan = asked.plan.into_inner().unwrap_or_else(|| plan(user, asked.record, &week, self.wants, now));
            (user, plan, done.remove(&user))
        };
        self.people.into_iter().map(planned).collect()
    }

    /// What is to be done for somebody, as soon as the days that they may have written on are there (DESIGN rule 36).
    async fn planned<'m>(&self, user: UserId, asked: &'m Asked<'a>) -> &'m Plan<'a> {
        let mut week = self.week.clone();
        // Who sends is there for as long as somebody waits.
        let _ = week.wait_for(|week| !week.is_building_for(user)).await;
        let week = week.borrow();
        asked.plan.get_or_init(|| plan(user, asked.record, &week, self.wants, self.clock.now()))
    }

    /// Asks the model and keeps its answer, under the lease of `owner`. Having got it, it looks again: what was deleted
    /// meanwhile is neither asked about nor paid for. What is deleted later takes the lease (DESIGN rule 19).
    #[tracing::instrument(
        name = "merge_context",
        target = "span",
        skip_all,
        fields(guild = %self.guild, user = %user, days = merge.inputs.day_versions().len())
    )]
    async fn merge(&self, user: UserId, merge: &Merge<'_>, owner: &LeaseOwner) -> Result<Work<Merged>, AppError> {
        if self.looks.is_purged(&merge.inputs.day_versions()).await? {
            return Ok(Work::Uncommitted(Merged::Purged));
        }
        if self.was_erased(user, merge).await? {
            return Ok(Work::Uncommitted(Merged::Erased));
        }
        let ModelResponse { outcome, usage } = self.batches.ask(user, &merge.prompt).await;
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

    /// Whether what is known about the person was ended since it was read. Who is erased later loses the lease (DESIGN rule
    /// 41).
    async fn was_erased(&self, user: UserId, merge: &Merge<'_>) -> Result<bool, StoreError> {
        let now = self.memory.people(self.guild, &[user]).await?.remove(&user).unwrap_or_default();
        let before = &merge.record.person;
        Ok((now.erased_at, now.is_left_out()) != (before.erased_at, before.is_left_out()))
    }

    /// Keeps what was paid for, also where the store is busy: its input hash says what it was made from.
    #[tracing::instrument(name = "commit_memory", target = "span", skip_all, fields(guild = %self.guild, user = %user))]
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

    /// Whether nobody waits for it, and it failed of late: it would fail again (DESIGN rule 38).
    fn rests(&self, merge: &Merge<'_>) -> bool {
        let build = &merge.record.build;
        let is_of_these =
            build.last_failure.as_ref().and_then(|failure| failure.inputs.as_deref()) == Some(&merge.input_hash);
        self.wants.priority == Priority::Background && is_of_these && build.failed_of_late(self.clock.now(), |_| true)
    }

    /// What a look at a merge that somebody else was making tells.
    fn outcome(&self, user: UserId, record: &PersonRecord, now: Timestamp) -> Outcome<Merged> {
        let Some(merge) = self.people.get(&user).and_then(Asked::merge) else { return Outcome::Free };
        match merge.cached_in(record, now) {
            Some(text) => Outcome::Done(Ok(Merged::Before(text))),
            None => Outcome::of_missing(&record.build, &merge.record.build, Some(&merge.input_hash), now),
        }
    }
}

impl<S, M, C> Builds for Merges<'_, S, M, C>
where
    S: ReadWindow + ReadPeople + WatchDays + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    type Key = UserId;
    type Built = Merged;

    async fn try_build(&self, user: UserId) -> Outcome<Merged> {
        let Some(asked) = self.people.get(&user) else { return Outcome::Free };
        let planned = tokio::select! {
            biased;
            plan = self.planned(user, asked) => plan,
            () = self.deadline.reached() => return Outcome::Free,
        };
        let merge = match planned {
            Plan::Ready(_) => return Outcome::Done(Ok(Merged::Ready)),
            Plan::Merge(_) if self.deadline.is_reached() => return Outcome::Free,
            Plan::Merge(merge) if self.rests(merge) => return Outcome::Done(Ok(Merged::Ready)),
            Plan::Merge(merge) => merge,
        };
        // All fail at once while no model may be asked (DESIGN rule 10).
        if let Some(refusal) = self.model.refusal().await {
            return Outcome::Done(Err(refusal.into()));
        }
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
