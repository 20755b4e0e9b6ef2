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

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde::{Deserialize, Serialize};

use super::{AppError, ErrorType};
use crate::{
    domain::{Calendar, Day, GuildId, Source, UserId, prompt::memories_block},
    ports::{Clock, LanguageModel, ReadWindow, SaveMemory, StoreError, SummarizeDay, Window},
};
use days::Week;
use people::{Merger, PersonMemory};

/// People a request can ask for.
pub const MAX_PEOPLE: usize = 100;

/// Whose memories are wanted.
#[derive(Debug, Clone, Deserialize)]
pub struct Request {
    /// The guild.
    pub guild_id: GuildId,
    /// The people; asking twice for one is asking once.
    pub user_ids: Vec<UserId>,
    /// Also answer with a block for the prompt of the bot's own model.
    #[serde(default)]
    pub prompt: bool,
}

/// The memories.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Response {
    /// The guild.
    pub guild_id: GuildId,
    /// Today (UTC).
    pub date: Day,
    /// Everybody who was asked for; `null` for who is unknown.
    pub memories: BTreeMap<UserId, Option<String>>,
    /// Where each memory comes from.
    pub sources: BTreeMap<UserId, Source>,
    /// What became of each day of the window.
    pub days: BTreeMap<Day, DayState>,
    /// What failed.
    pub errors: Vec<Failure>,
    /// The block for a prompt, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// What became of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// This request paid for it.
    Built,
    /// It was there, or somebody else built or renewed it.
    Cached,
    /// Nothing happened that day.
    Empty,
    /// Nothing of it survived the model's filter.
    Blocked,
    /// An older version is used, because the new one failed or is not ready.
    Stale,
    /// It is not to be had, and might be next time.
    Failed,
    /// Somebody else is building it.
    Pending,
}

/// Something that failed, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The day, or the person, it concerns.
    #[serde(flatten)]
    pub subject: Subject,
    /// What kind of error it was.
    pub error: ErrorType,
    /// Seconds until it makes sense to try again, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

/// What a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A day of the window.
    Date(Day),
    /// One of the people.
    UserId(UserId),
}

impl Failure {
    /// Logs the failure, here and nowhere else, and makes it part of the answer.
    fn report(guild: GuildId, subject: Subject, error: &AppError) -> Self {
        let error_type = error.kind.to_string();
        match subject {
            Subject::Date(date) => tracing::warn!(event = "day_failed", %guild, %date, error_type, "{error}"),
            Subject::UserId(user) => tracing::warn!(event = "person_failed", %guild, %user, error_type, "{error}"),
        }
        Self { subject, error: error.kind, retry_after_s: error.retry_after.map(|wait| wait.as_secs().max(1)) }
    }
}

/// The memories of everybody in `request`.
///
/// # Errors
/// `InvalidRequest` for too many people; `StoreUnavailable` or `Throttled` when nothing at all could be read.
pub async fn build_memories<S, D, M, C>(
    store: &S,
    days: &D,
    model: &M,
    clock: &C,
    calendar: Calendar,
    request: Request,
) -> Result<Response, AppError>
where
    S: ReadWindow + SaveMemory,
    D: SummarizeDay,
    M: LanguageModel,
    C: Clock,
{
    let guild = request.guild_id;
    let users = distinct(&request.user_ids)?;
    let now = clock.now();
    let mut response = Response::empty(guild, Day::of(now));
    if users.is_empty() {
        return Ok(response);
    }
    let window = readable(store.read_window(guild, &calendar.window(now), &users).await)?;
    let week = Week::gather(days, guild, &users, window.days, calendar, now).await;
    let merger = Merger { store, model, clock, guild, week: &week };
    let people = join_all(window.people.into_iter().map(|(user, record)| merger.memory(user, record))).await;

    response.days = week.states();
    response.errors = week.failures;
    response.prompt = request.prompt.then(|| prompt(&people));
    people.into_iter().for_each(|person| response.add(person));
    Ok(response)
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
    let mut known: Vec<&PersonMemory> = people.iter().collect();
    known.sort_by_key(|person| person.user);
    let entries = known.into_iter();
    memories_block(
        entries.filter_map(|known| known.text.as_deref().map(|text| (known.user, known.person.as_ref(), text))),
    )
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
