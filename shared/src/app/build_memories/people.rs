//! Everybody's memory: at once what needs no merge, and all merges at the same time. Each is made under a lease that is tied
//! to its inputs, so that callers who ask for the same person pay once (DESIGN rule 9).

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    Deps, Failure, Subject,
    days::{Week, purged_versions},
};
use crate::{
    app::{
        AppError, Deadline, ErrorType,
        single_flight::{Attempt, Leases, Progress, Pursuit, Work, pursue},
    },
    domain::{
        AttemptId, Day, GuildId, Knowledge, MEMORY_LIFE, Memory, Person, Priority, Source, Usage, UserId,
        prompt::{MergePrompt, Prompt, merge_prompt},
    },
    ports::{
        Answer, Clock, CommitMemory, HoldLeases, LanguageModel, LeaseOn, ModelError, PersonRecord, ReadWindow, Reply,
        StoreError,
    },
};

/// Characters of a memory that are kept; far above what the instructions ask for.
const MAX_MEMORY_CHARS: usize = 8_000;

/// How long a caller who is about to be answered waits for a last look at what was deleted.
const TO_LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What one person gets.
pub(super) struct PersonMemory {
    pub(super) user: UserId,
    pub(super) person: Option<Person>,
    pub(super) text: Option<String>,
    pub(super) source: Source,
    pub(super) failure: Option<Failure>,
    /// The merge was not ready in time.
    pub(super) unfinished: bool,
}

/// Makes the memories of one request.
pub(super) struct Merges<'a, S, F, M, C> {
    pub(super) deps: &'a Deps<S, F, M, C>,
    pub(super) guild: GuildId,
    pub(super) week: &'a Week,
    pub(super) deadline: Deadline,
    /// Nobody waits for them.
    pub(super) warm: bool,
}

impl<S, F, M, C> Merges<'_, S, F, M, C>
where
    S: ReadWindow + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    /// Everybody's memory, in the order of their ids.
    pub(super) async fn memories(
        &self,
        records: BTreeMap<UserId, Result<PersonRecord, StoreError>>,
    ) -> Vec<PersonMemory> {
        let now = self.deps.clock.now();
        let mut memories = Vec::with_capacity(records.len());
        let mut wanted = BTreeMap::new();
        for (user, record) in &records {
            match self.without_a_model(*user, record, now) {
                Ok(memory) => memories.push(memory),
                Err(merge) => drop(wanted.insert(*user, *merge)),
            }
        }
        let people: Vec<UserId> = wanted.keys().copied().collect();
        let pursuit = Pending { merges: self, wanted };
        let mut made: BTreeMap<UserId, Made> = self.made(&pursuit, people).await.into_iter().collect();
        let purged = self.purged_by_now(&pursuit.wanted, &made).await;
        for (user, merge) in &pursuit.wanted {
            memories.push(self.finish(*user, merge, made.remove(user), &purged));
        }
        memories.sort_by_key(|memory| memory.user);
        memories
    }

    /// What comes of the merges; all fail at once while no model may be asked (DESIGN rule 10).
    async fn made(&self, pursuit: &Pending<'_, '_, S, F, M, C>, people: Vec<UserId>) -> Vec<(UserId, Made)> {
        if people.is_empty() {
            return Vec::new();
        }
        match self.deps.model.refusal().await {
            Some(refusal) => people.into_iter().map(|user| (user, Made::Failed(refusal.clone().into()))).collect(),
            None => pursue(pursuit, people, self.deadline).await,
        }
    }

    /// The versions of the last deletions as they are now, where somebody needs a stand-in: of the window, and of the days
    /// that their last known good memories were made from. Nobody knows of those that cannot be read in a moment.
    async fn purged_by_now(
        &self,
        wanted: &BTreeMap<UserId, Merge<'_>>,
        made: &BTreeMap<UserId, Made>,
    ) -> BTreeMap<Day, u64> {
        let is_made = |user| matches!(made.get(user), Some(Made::Merged(..) | Made::Cached(_)));
        let late = wanted.iter().filter(|(user, _)| !is_made(user));
        let used =
            late.filter_map(|(_, merge)| merge.record.memory.as_ref()).flat_map(|memory| memory.day_versions.keys());
        let days: BTreeSet<Day> = used.copied().chain(self.week.dates()).collect();
        if wanted.keys().all(is_made) {
            return BTreeMap::new();
        }
        let days: Vec<Day> = days.into_iter().collect();
        let window = self.deps.store.read_window(self.guild, &days, &[]);
        let window = tokio::time::timeout(TO_LOOK_AGAIN, window).await;
        window.map(|window| purged_versions(&window.days)).unwrap_or_default()
    }

    /// What needs no model, or the merge that is needed.
    fn without_a_model<'r>(
        &self,
        user: UserId,
        record: &'r Result<PersonRecord, StoreError>,
        now: Timestamp,
    ) -> Result<PersonMemory, Box<Merge<'r>>> {
        let record = match record {
            Ok(record) if record.person.opted_out => return Ok(self.known(user, None, None, Source::None)),
            Ok(record) => record,
            Err(error) => {
                let failure = Failure::report(self.guild, Subject::UserId(user), &error.clone().into());
                return Ok(PersonMemory { failure: Some(failure), ..self.known(user, None, None, Source::None) });
            }
        };
        let knowledge = Knowledge { facts: record.person.fact_texts(), days: self.week.texts_of(user) };
        if let Some((text, source)) = knowledge.without_merge() {
            return Ok(self.known(user, Some(record), text, source));
        }
        let priority = if self.warm { Priority::Normal } else { Priority::First };
        let MergePrompt { prompt, input_hash } = merge_prompt(&record.person, &knowledge, priority);
        match record.memory.as_ref().filter(|memory| memory.answers(&input_hash, now)) {
            Some(memory) => Ok(self.known(user, Some(record), Some(memory.text.clone()), Source::Cached)),
            None => Err(Box::new(Merge { record, knowledge, prompt, input_hash })),
        }
    }

    fn known(&self, user: UserId, record: Option<&PersonRecord>, text: Option<String>, source: Source) -> PersonMemory {
        let person = record.map(|record| record.person.clone());
        PersonMemory { user, person, text, source, failure: None, unfinished: false }
    }

    /// What a person gets whose merge was made, or failed, or was not ready in time.
    fn finish(&self, user: UserId, merge: &Merge<'_>, made: Option<Made>, purged: &BTreeMap<Day, u64>) -> PersonMemory {
        let unfinished = made.is_none();
        let (stand_in, error) = match made {
            Some(Made::Merged(text, error)) => (Some((text, Source::Merged)), error),
            Some(Made::Cached(text)) => (Some((text, Source::Cached)), None),
            Some(Made::Failed(error)) => (None, Some(error)),
            Some(Made::Purged) => {
                let message = "messages were deleted meanwhile; ask again";
                (None, Some(AppError::new(ErrorType::Throttled, message)))
            }
            None => (None, None),
        };
        let (text, source) = stand_in.unwrap_or_else(|| self.stand_in(merge, purged));
        let failure = error.map(|error| Failure::report(self.guild, Subject::UserId(user), &error));
        let known = self.known(user, Some(merge.record), (!text.is_empty()).then_some(text), source);
        PersonMemory { failure, unfinished, ..known }
    }

    /// What a person gets without a merge: the last known good one, else all that is known (DESIGN rule 13).
    fn stand_in(&self, merge: &Merge<'_>, purged: &BTreeMap<Day, u64>) -> (String, Source) {
        let now = self.deps.clock.now();
        let facts_hash = merge.knowledge.facts_hash();
        let is_good = |memory: &&Memory| memory.is_last_known_good(&facts_hash, |day| purged.get(&day).copied(), now);
        match merge.record.memory.as_ref().filter(is_good) {
            Some(memory) => (memory.text.clone(), Source::LastKnownGood),
            None => (merge.knowledge.unpurged(purged).unmerged(), Source::Unmerged),
        }
    }
}

/// A merge that is needed.
struct Merge<'r> {
    record: &'r PersonRecord,
    knowledge: Knowledge<'r>,
    prompt: Prompt,
    input_hash: String,
}

/// What came of a merge.
enum Made {
    /// This request paid for it; it may not have been kept.
    Merged(String, Option<AppError>),
    /// Somebody else did.
    Cached(String),
    /// It is not to be had.
    Failed(AppError),
    /// It is made of words that were deleted meanwhile.
    Purged,
}

/// The merges of one request that are not made yet.
struct Pending<'a, 'r, S, F, M, C> {
    merges: &'a Merges<'a, S, F, M, C>,
    wanted: BTreeMap<UserId, Merge<'r>>,
}

impl<S, F, M, C> Pursuit for Pending<'_, '_, S, F, M, C>
where
    S: ReadWindow + CommitMemory + HoldLeases,
    M: LanguageModel,
    C: Clock,
{
    type Key = UserId;
    type Made = Made;

    async fn attempt(&self, user: UserId) -> Progress<Made> {
        let Some(merge) = self.wanted.get(&user) else { return Progress::Free };
        let Merges { deps, guild, deadline, .. } = self.merges;
        if deadline.is_reached() {
            return Progress::Free;
        }
        let leases = Leases { store: &deps.store, clock: &deps.clock, guild: *guild };
        let on = LeaseOn::Memory(user, merge.input_hash.clone());
        let work = async |attempt: &AttemptId| self.merge(user, merge, attempt).await;
        match leases.attempt(&on, deadline.reached(), work).await {
            Ok(Attempt::Done(made)) => Progress::Done(made),
            Ok(Attempt::Held) => Progress::Held,
            Ok(Attempt::Stopped) => Progress::Free,
            Err(error) => Progress::Done(Made::Failed(error)),
        }
    }

    async fn look(&self, users: &BTreeSet<UserId>) -> Vec<(UserId, Progress<Made>)> {
        let users: Vec<UserId> = users.iter().copied().collect();
        let Merges { deps, guild, .. } = self.merges;
        let window = deps.store.read_window(*guild, &[], &users).await;
        let now = deps.clock.now();
        let progress = |(user, record)| match (record, self.wanted.get(&user)) {
            (Ok(record), Some(merge)) => (user, merge.judge(&record, now)),
            (Err(_), _) => (user, Progress::Held), // it is read again in a moment
            (_, None) => (user, Progress::Free),
        };
        window.people.into_iter().map(progress).collect()
    }
}

impl<S, F, M, C> Pending<'_, '_, S, F, M, C>
where
    S: ReadWindow + CommitMemory,
    M: LanguageModel,
    C: Clock,
{
    /// Asks the model and keeps its answer, under the lease of `attempt`. Having got it, it looks again: what was deleted
    /// meanwhile is neither asked about nor paid for.
    async fn merge(&self, user: UserId, merge: &Merge<'_>, attempt: &AttemptId) -> Result<Work<Made>, AppError> {
        let Merges { deps, guild, week, deadline, .. } = self.merges;
        if self.is_purged(merge).await {
            return Ok(Work::NotNeeded(Made::Purged));
        }
        let Reply { outcome, usage } = deadline.ask(&deps.model, &merge.prompt).await;
        let memory = merge.memory(outcome?, usage, deps.clock.now())?;
        if week.unread {
            return Ok(Work::NotNeeded(Made::Merged(memory.text, None)));
        }
        match deps.store.commit_memory(*guild, user, &memory, attempt).await {
            Ok(()) => Ok(Work::Committed(Made::Merged(memory.text, None))),
            Err(StoreError::Conflict) if self.is_still_ours(user, attempt).await? => Ok(Work::NotNeeded(Made::Purged)),
            Err(StoreError::Conflict) => Ok(Work::Lost),
            Err(error) => Ok(Work::NotNeeded(Made::Merged(memory.text, Some(error.into())))),
        }
    }

    async fn is_purged(&self, merge: &Merge<'_>) -> bool {
        let used = merge.knowledge.day_versions();
        let days: Vec<Day> = used.keys().copied().collect();
        let purged = purged_versions(&self.merges.deps.store.read_window(self.merges.guild, &days, &[]).await.days);
        used.iter().any(|(day, version)| purged.get(day).is_some_and(|purged| purged > version))
    }

    async fn is_still_ours(&self, user: UserId, attempt: &AttemptId) -> Result<bool, StoreError> {
        let mut window = self.merges.deps.store.read_window(self.merges.guild, &[], &[user]).await;
        let record = window.people.remove(&user).transpose()?;
        Ok(record.is_some_and(|record| record.making.belongs_to(attempt)))
    }
}

impl Merge<'_> {
    fn memory(&self, answer: Answer, usage: Usage, built_at: Timestamp) -> Result<Memory, ModelError> {
        let text: String = answer.text.trim().chars().take(MAX_MEMORY_CHARS).collect();
        if text.is_empty() {
            return Err(ModelError::Unavailable { reason: "the answer is blank".to_owned() });
        }
        Ok(Memory {
            text,
            input_hash: self.input_hash.clone(),
            facts_hash: self.knowledge.facts_hash(),
            day_versions: self.knowledge.day_versions(),
            model: answer.model,
            usage,
            built_at,
            expires_at: built_at.checked_add(MEMORY_LIFE).unwrap_or(Timestamp::MAX),
        })
    }

    /// What a look at a merge that somebody else was making tells.
    fn judge(&self, record: &PersonRecord, now: Timestamp) -> Progress<Made> {
        if let Some(memory) = record.memory.as_ref().filter(|memory| memory.answers(&self.input_hash, now)) {
            return Progress::Done(Made::Cached(memory.text.clone()));
        }
        if record.making.is_under_way(now) {
            return Progress::Held;
        }
        let failure = record.making.failure_since(&self.record.making);
        match failure.filter(|failure| failure.inputs.as_ref() == Some(&self.input_hash)) {
            Some(failure) => {
                Progress::Done(Made::Failed(AppError::of_another(&failure.error_type, failure.message.clone())))
            }
            None => Progress::Free,
        }
    }
}
