mod days;
mod people;
mod requests;

use std::{num::NonZeroUsize, time::Duration};

use jiff::Timestamp;

use super::*;
use crate::{
    app::{AskedFor, Cooldowns},
    contract::{DayReport, DayRequest, DayState, DayStatus, ErrorType, Models},
    domain::{Calendar, DaySummary, Fact, FactId, GuildId, Ledger, Person, Source, SummaryStatus, Today, Usage},
    ports::SummarizeDay,
    testing::{FixedClock, InMemoryStore, ScriptedFunctions, ScriptedModel},
};

const NOW: &str = "2026-11-22T12:00:00Z";

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

fn day(date: &str) -> Day {
    date.parse().unwrap()
}

fn calendar() -> Calendar {
    Calendar { history_days: 6, settle: Duration::from_secs(1200) }
}

fn summary(version: u64, texts: &[(u64, &str)]) -> DaySummary {
    DaySummary {
        texts: texts.iter().map(|(n, text)| (user(*n), (*text).to_owned())).collect(),
        status: SummaryStatus::Built,
        version,
        built_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        model: String::new(),
        prompt_hash: String::new(),
        usage: Usage::default(),
        blocked_messages: 0,
    }
}

fn set_ledger(store: &InMemoryStore, date: &str, version: u64, purged_version: u64) {
    store.put_ledger(guild(), day(date), Ledger { version, purged_version, message_count: 1, ..Ledger::default() });
}

/// A day with a summary at the ledger's version.
fn fresh(store: &InMemoryStore, date: &str, texts: &[(u64, &str)]) {
    set_ledger(store, date, 1, 0);
    store.put_summary(guild(), day(date), summary(1, texts));
}

fn teach(store: &InMemoryStore, n: u64, facts: &[&str]) {
    let fact = |(n, text): (usize, &&str)| {
        (FactId::new(Timestamp::UNIX_EPOCH, n as u128), Fact::new(text, None, Timestamp::UNIX_EPOCH).unwrap())
    };
    let facts = facts.iter().enumerate().map(fact).collect();
    store.put_person(guild(), user(n), Person { facts, ..Person::default() });
}

fn no_days() -> ScriptedFunctions {
    ScriptedFunctions::new(|request| panic!("{} needs no invocation", request.date))
}

fn no_model() -> ScriptedModel {
    ScriptedModel::new(|_| panic!("no merge is needed"))
}

fn built(request: &DayRequest, texts: &[(u64, &str)]) -> DayReport {
    DayReport {
        guild_id: request.guild_id,
        date: request.date,
        status: DayStatus::Built,
        summaries: summary(1, texts).texts,
        expires_at: None,
        blocked_messages: 0,
    }
}

async fn build<F: SummarizeDay + WarmMemories, M: LanguageModel>(
    store: &InMemoryStore,
    functions: F,
    model: M,
    clock: &FixedClock,
    request: MemoriesRequest,
) -> Result<MemoriesResponse, AppError> {
    let deps = deps(store, functions, model, clock);
    let deadline = Deadline::new(Duration::from_secs(180), request.max_wait());
    build_memories(&deps, deadline, request).await
}

fn deps<F, M>(
    store: &InMemoryStore,
    functions: F,
    model: M,
    clock: &FixedClock,
) -> Deps<InMemoryStore, F, M, FixedClock> {
    Deps {
        memory: store.clone(),
        functions,
        model,
        models: Models::Configured,
        asked_for: AskedFor::default(),
        summary_cooldowns: Cooldowns::new(store.clone(), clock.clone(), vec!["scripted:model".to_owned()]),
        clock: clock.clone(),
        calendar: calendar(),
        today: Today::Append,
        merge_batch: NonZeroUsize::MIN,
    }
}

fn request(users: &[u64]) -> MemoriesRequest {
    let user_ids = users.iter().map(|n| user(*n)).collect();
    MemoriesRequest { prompt: true, ..MemoriesRequest::new(guild(), user_ids) }
}

async fn ask<F, M>(store: &InMemoryStore, functions: &F, model: &M, users: &[u64]) -> Result<MemoriesResponse, AppError>
where
    F: SummarizeDay + WarmMemories + Clone,
    M: LanguageModel + Clone,
{
    build(store, functions.clone(), model.clone(), &FixedClock::at(NOW), request(users)).await
}

fn text(response: &MemoriesResponse, n: u64) -> Option<&str> {
    response.memories[&user(n)].as_deref()
}
