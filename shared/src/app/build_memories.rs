//! What a bot should know about each person: the facts, merged with the last seven days.
//!
//! ```text
//! read all ──▶ every day that is not fresh, at once ──▶ each person whose inputs are new, as soon as their days are there ──▶ answer
//! ```
//!
//! What fails takes nothing else with it: a day or a merge that is not to be had is named in the answer, and the rest is
//! there (DESIGN rules 12 to 14).

mod batches;
mod days;
mod deps;
mod merge;
mod people;
mod person;
mod plan;
mod purges;
mod report;
mod stand_in;
mod wants;
mod week;

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    pin::pin,
    time::Duration,
};

use jiff::SignedDuration;
use tokio::sync::watch;
use tracing::{Instrument as _, Span, field::Empty};

use super::{AppError, Deadline, asked_for::Known};
use crate::{
    contract::{MemoriesRequest, MemoriesResponse, Models},
    domain::{Day, Priority, Source, UserId, hash, prompt::memories_block},
    ports::{ClaimHandOvers, Clock, LanguageModel, StoreError, WarmMemories, Window},
};
use batches::Batches;
pub use deps::{BuildFunctions, BuildMemory, Deps};
use merge::{Asked, Merges};
use people::{Of, memories};
use person::PersonMemory;
use purges::SharedLooks;
use wants::Wants;
use week::Week;

/// People a request can ask for.
pub const MAX_PEOPLE: usize = 100;

/// How long a caller waits for what is not ready to be handed over.
const HAND_OVER_TIMEOUT: Duration = Duration::from_millis(250);
/// How long the same people are not handed over again.
const HAND_OVER_LIFE: SignedDuration = SignedDuration::from_secs(30);

/// The memories of everybody in `request`, by `deadline` at the latest.
///
/// # Errors
/// `InvalidRequest` for too many people; `StoreUnavailable` or `Throttled` when nothing at all could be read.
#[tracing::instrument(
    target = "span",
    skip_all,
    fields(
        guild = %request.guild_id,
        users = request.user_ids.len(),
        warm = request.warm,
        days_to_build = Empty,
        merged = Empty,
        cache_hit = Empty,
    )
)]
pub async fn build_memories<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    deadline: Deadline,
    request: MemoriesRequest,
) -> Result<MemoriesResponse, AppError>
where
    S: BuildMemory,
    F: BuildFunctions,
    M: LanguageModel,
    C: Clock,
{
    let guild = request.guild_id;
    let users = distinct(&request.user_ids)?;
    let now = deps.clock.now();
    if users.is_empty() {
        return Ok(response(&request, Day::of(now), Week::of(guild), Vec::new()));
    }
    let span = tracing::info_span!(target: "span", "get_user_facts", %guild, users = users.len());
    let window = deps.memory.read_window(guild, &deps.calendar.window(now), &users).instrument(span).await;
    let window = readable(window)?;
    let is_kept_warm = !request.warm && request.models == Models::Configured;
    let known = if is_kept_warm { known(&window) } else { Vec::new() };
    let models = deps.models.and(request.models);
    let Window { days, people } = window;
    let (week, stale) = days::begin(deps, &request, days);
    Span::current().record("days_to_build", stale.len());
    let (week, of_week) = watch::channel(week);
    let merges = Merges {
        memory: &deps.memory,
        model: &deps.model,
        clock: &deps.clock,
        guild,
        deadline: deadline.of_models(),
        batches: Batches::new(&deps.model, deadline.of_models(), deps.merge_batch),
        looks: SharedLooks::new(&deps.memory, guild, week.borrow().dates().collect()),
        week: of_week,
        // People somebody waits for come first.
        wants: Wants {
            priority: if request.warm { Priority::Background } else { Priority::First },
            models,
            today: deps.today,
        },
        people: people.iter().filter_map(|(user, record)| Some((*user, Asked::new(record.as_ref().ok()?)))).collect(),
    };
    let days = days::build(deps, &request, &users, &stale, &week, deadline);
    let merged = async {
        if request.warm {
            return tokio::join!(merges.all(), days).0;
        }
        let mut merging = pin!(merges.all());
        if models == Models::Configured {
            // Who was not there on the slowest day does not wait for it (DESIGN rule 36).
            tokio::select! {
                biased;
                merged = &mut merging => {
                    days::give_up(&week, &stale);
                    return merged;
                }
                () = days => {}
            }
        }
        days::give_up(&week, &stale);
        merging.await
    };
    let (merged, ()) = tokio::join!(merged, deps.asked_for.note(&deps.memory, guild, &known, now));
    let planned = merges.into_planned(merged);
    let week = week.send_replace(Week::of(guild));
    let unread = people.iter().filter_map(|(user, record)| Some((*user, record.as_ref().err()?.clone())));
    let people = memories(deps, Of { guild, week: &week, deadline: deadline.of_models() }, planned, unread).await;
    note_in_span(&people, stale.is_empty());
    if !request.warm {
        hand_over(deps, &request, later(users, &week, &people)).await;
    }
    Ok(response(&request, Day::of(now), week, people))
}

/// Where the memories came from.
fn note_in_span(people: &[PersonMemory], days_are_fresh: bool) {
    let merged = people.iter().filter(|person| person.source == Source::Merged).count();
    let span = Span::current();
    span.record("merged", merged).record("cache_hit", days_are_fresh && merged == 0);
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

/// Those whose memory may be kept warm.
fn known(window: &Window) -> Vec<Known> {
    let people = window.people.iter().filter_map(|(user, record)| Some((*user, &record.as_ref().ok()?.person)));
    people.filter(|(_, person)| person.is_known()).map(|(user, person)| (user, person.erased_at)).collect()
}

/// What is left to be done for the next request.
struct Later {
    users: Vec<UserId>,
    /// Days that age are to be made anew, too.
    refresh: bool,
}

/// Who has to be built for the next request (DESIGN rule 11), and everybody if a day ages (rule 37).
fn later(users: Vec<UserId>, week: &Week, people: &[PersonMemory]) -> Later {
    if week.is_late || week.ages {
        return Later { users, refresh: week.ages };
    }
    let late = people.iter().filter(|person| person.is_late);
    Later { users: late.map(|person| person.user).collect(), refresh: false }
}

/// Has the memories of those people built for the next request, unless somebody else just did.
#[tracing::instrument(target = "span", skip_all, fields(guild = %request.guild_id, users = later.users.len()))]
async fn hand_over<S, F, M, C>(deps: &Deps<S, F, M, C>, request: &MemoriesRequest, later: Later)
where
    S: ClaimHandOvers,
    F: WarmMemories,
    C: Clock,
{
    let Later { users, refresh } = later;
    if users.is_empty() {
        return;
    }
    let now = deps.clock.now();
    let end = now.checked_add(HAND_OVER_LIFE).unwrap_or(now);
    // Who only goes on with merges keeps nobody from making a day anew.
    let what = match request.models {
        Models::None => "days",
        Models::Configured if refresh => "refresh",
        Models::Configured => "merges",
    };
    let guild = request.guild_id;
    let people: Vec<String> = users.iter().map(ToString::to_string).collect();
    let work = hash::of(iter::once(what).chain(people.iter().map(String::as_str)));
    let handed_over = async {
        // Where that cannot be told it is handed over: twice is better than never.
        let is_first = deps.memory.claim_hand_over(guild, &work, now, end).await.unwrap_or(true);
        if !is_first {
            return Ok(());
        }
        let models = request.models;
        let warm = MemoriesRequest { models, refresh, ..MemoriesRequest::warm(guild, users) };
        deps.functions.warm_memories(warm).await
    };
    let outcome = tokio::time::timeout(HAND_OVER_TIMEOUT, handed_over).await;
    if !matches!(outcome, Ok(Ok(()))) {
        tracing::warn!(event = "hand_over_failed", %guild, people = people.len());
    }
}

fn response(request: &MemoriesRequest, date: Day, week: Week, people: Vec<PersonMemory>) -> MemoriesResponse {
    let mut response = MemoriesResponse {
        guild_id: request.guild_id,
        date,
        memories: BTreeMap::new(),
        sources: BTreeMap::new(),
        days: week.states(),
        errors: week.failures,
        prompt: request.prompt.then(|| prompt(&people)),
    };
    for person in people {
        response.memories.insert(person.user, person.text);
        response.sources.insert(person.user, person.source);
        response.errors.extend(person.failure);
    }
    response
}

fn prompt(people: &[PersonMemory]) -> String {
    let known = people.iter().filter_map(|known| Some((known.user, known.person.as_ref(), known.text.as_deref()?)));
    memories_block(known)
}

#[cfg(test)]
mod tests;
