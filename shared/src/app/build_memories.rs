//! What a bot should know about each person: the facts, merged with the last seven days.
//!
//! ```text
//! read all ──▶ every day that is not fresh, at once ──▶ every person whose inputs are new, at once ──▶ answer
//! ```
//!
//! What fails takes nothing else with it: a day or a merge that is not to be had is named in the answer, and the rest is
//! there (DESIGN rules 12 to 14).

mod days;
mod people;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{AppError, Cooldowns, Deadline};
pub use crate::contract::{DayState, Failure, MemoriesRequest as Request, MemoriesResponse as Response, Subject};
use crate::{
    domain::{Calendar, Day, GuildId, UserId, prompt::memories_block},
    ports::{
        Clock, CommitMemory, CoolModels, HoldLeases, LanguageModel, ReadWindow, StoreError, SummarizeDay, WarmMemories,
        Window,
    },
};
use days::Week;
use people::{Merges, PersonMemory};

/// People a request can ask for.
pub const MAX_PEOPLE: usize = 100;

/// How long a caller waits for what is not ready to be handed over.
const TO_HAND_OVER: Duration = Duration::from_millis(250);

/// What memories are built with.
pub struct Deps<S, F, M, C> {
    /// Days and people, without messages.
    pub store: S,
    /// The functions that summarize days, and go on with memories that are not ready in time.
    pub functions: F,
    /// Who merges memories.
    pub model: M,
    /// The cooldowns of the models that summarize days.
    pub summary_cooldowns: Cooldowns<S, C>,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
}

impl Failure {
    /// Logs the failure, here and nowhere else, and makes it part of the answer.
    fn report(guild: GuildId, subject: Subject, error: &AppError) -> Self {
        let error_type = error.kind.to_string();
        match subject {
            Subject::Date(date) => tracing::warn!(event = "day_failed", %guild, %date, error_type, "{error}"),
            Subject::UserId(user) => tracing::warn!(event = "person_failed", %guild, %user, error_type, "{error}"),
        }
        Self { subject, error: error.kind, retry_after_s: error.retry_after_s() }
    }
}

/// The memories of everybody in `request`, by `deadline` at the latest.
///
/// # Errors
/// `InvalidRequest` for too many people; `StoreUnavailable` or `Throttled` when nothing at all could be read.
pub async fn build_memories<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    deadline: Deadline,
    request: Request,
) -> Result<Response, AppError>
where
    S: ReadWindow + CommitMemory + HoldLeases + CoolModels,
    F: SummarizeDay + WarmMemories,
    M: LanguageModel,
    C: Clock,
{
    let guild = request.guild_id;
    let users = distinct(&request.user_ids)?;
    let now = deps.clock.now();
    let mut response = Response::empty(guild, Day::of(now));
    let mut people = Vec::new();
    let mut days_are_late = false;
    if !users.is_empty() {
        let window = readable(deps.store.read_window(guild, &deps.calendar.window(now), &users).await)?;
        let week = Week::gather(deps, guild, &users, window.days, deadline).await;
        let merges = Merges { deps, guild, week: &week, deadline: deadline.of_models(), warm: request.warm };
        people = merges.memories(window.people).await;
        days_are_late = week.unfinished;
        response.days = week.states();
        response.errors = week.failures;
    }
    response.prompt = request.prompt.then(|| prompt(&people));
    if !request.warm {
        let late = people.iter().filter(|person| person.unfinished).map(|person| person.user).collect();
        hand_over(&deps.functions, guild, if days_are_late { users } else { late }).await;
    }
    people.into_iter().for_each(|person| response.add(person));
    Ok(response)
}

/// Has the memories of those people built for the next request that were not ready for this one (DESIGN rule 11).
async fn hand_over<F: WarmMemories>(functions: &F, guild: GuildId, users: Vec<UserId>) {
    if users.is_empty() {
        return;
    }
    let outcome = tokio::time::timeout(TO_HAND_OVER, functions.warm_memories(guild, &users)).await;
    if !matches!(outcome, Ok(Ok(()))) {
        tracing::warn!(event = "hand_over_failed", %guild, people = users.len());
    }
}

fn distinct(users: &[UserId]) -> Result<Vec<UserId>, AppError> {
    let distinct: BTreeSet<UserId> = users.iter().copied().collect();
    if distinct.len() > MAX_PEOPLE {
        let count = distinct.len();
        return Err(AppError::invalid(format!(
            "user_ids: at most {MAX_PEOPLE} people in a call, but there are {count}"
        )));
    }
    Ok(distinct.into_iter().collect())
}

/// The window, unless none of it could be read: then there is nothing to answer with.
fn readable(mut window: Window) -> Result<Window, StoreError> {
    let nothing = window.days.values().all(Result::is_err) && window.people.values().all(Result::is_err);
    let first_error = nothing.then(|| window.days.pop_first()).flatten().and_then(|(_, day)| day.err());
    first_error.map_or(Ok(window), Err)
}

fn prompt(people: &[PersonMemory]) -> String {
    let known = people.iter().filter_map(|known| Some((known.user, known.person.as_ref(), known.text.as_deref()?)));
    memories_block(known)
}

impl Response {
    fn empty(guild_id: GuildId, date: Day) -> Self {
        Self {
            guild_id,
            date,
            memories: BTreeMap::new(),
            sources: BTreeMap::new(),
            days: BTreeMap::new(),
            errors: Vec::new(),
            prompt: None,
        }
    }

    fn add(&mut self, person: PersonMemory) {
        self.memories.insert(person.user, person.text);
        self.sources.insert(person.user, person.source);
        self.errors.extend(person.failure);
    }
}

#[cfg(test)]
mod tests;
