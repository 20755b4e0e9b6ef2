use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::Barrier;

use super::*;
use crate::{
    contract::ErrorType,
    domain::{DaySummary, Fact, FactId, Ledger, Person, Source, SummaryStatus, Usage, prompt::Prompt},
    ports::{DayReport, DayRequest, DayStatus, InvokeError, ModelError, Reply},
    testing::{FixedClock, InMemoryStore, ScriptedFunctions, ScriptedModel, reply},
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
    store.put_ledger(guild(), day(date), Ledger { version, purged_version, message_count: 1 });
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
    request: Request,
) -> Result<Response, AppError> {
    let deps = Deps {
        store: store.clone(),
        functions,
        model,
        summary_cooldowns: Cooldowns::new(store.clone(), clock.clone(), vec!["scripted:model".to_owned()]),
        clock: clock.clone(),
        calendar: calendar(),
    };
    let deadline = Deadline::new(Duration::from_secs(180), request.max_wait());
    build_memories(&deps, deadline, request).await
}

fn request(users: &[u64]) -> Request {
    let user_ids = users.iter().map(|n| user(*n)).collect();
    Request { guild_id: guild(), user_ids, max_wait_ms: None, prompt: true, warm: false }
}

async fn ask<F, M>(store: &InMemoryStore, functions: &F, model: &M, users: &[u64]) -> Result<Response, AppError>
where
    F: SummarizeDay + WarmMemories + Clone,
    M: LanguageModel + Clone,
{
    build(store, functions.clone(), model.clone(), &FixedClock::at(NOW), request(users)).await
}

fn text(response: &Response, n: u64) -> Option<&str> {
    response.memories[&user(n)].as_deref()
}

#[tokio::test]
async fn rule_12_each_person_gets_what_is_known_and_a_merge_only_where_there_is_something_to_merge() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(12, "Cem cooked."), (13, "Dana sailed.")]);
    fresh(&store, "2026-11-18", &[(13, "Dana slept.")]);
    teach(&store, 11, &["likes tea", "has a cat"]);
    let model = ScriptedModel::answering("Dana slept and sailed.");
    let response = ask(&store, &no_days(), &model, &[10, 11, 12, 13, 13]).await.unwrap();
    assert_eq!(text(&response, 10), None);
    assert_eq!(text(&response, 11), Some("- likes tea\n- has a cat"));
    assert_eq!(text(&response, 12), Some("Cem cooked."));
    assert_eq!(text(&response, 13), Some("Dana slept and sailed."));
    let sources: Vec<Source> = response.sources.values().copied().collect();
    assert_eq!(sources, [Source::None, Source::Facts, Source::Summary, Source::Merged]);
    assert_eq!(model.asked().len(), 1);
    assert!(response.errors.is_empty());
}

#[tokio::test]
async fn rule_7_warm_there_is_no_invocation_and_no_model_call() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    fresh(&store, "2026-11-20", &[(10, "Ann slept.")]);
    let first = ask(&store, &no_days(), &ScriptedModel::answering("merged"), &[10]).await.unwrap();
    let second = ask(&store, &no_days(), &no_model(), &[10]).await.unwrap();
    assert_eq!((first.sources[&user(10)], second.sources[&user(10)]), (Source::Merged, Source::Cached));
    assert_eq!((text(&second, 10), &second.days), (Some("merged"), &first.days));
    let states: Vec<DayState> = second.days.values().copied().collect();
    use DayState::{Cached, Empty};
    assert_eq!(states, [Empty, Empty, Empty, Empty, Cached, Cached, Empty]);
}

/// A day function or a model that answers only when so many calls have come in at once.
#[derive(Clone)]
struct AllAtOnce(Arc<Barrier>);

impl AllAtOnce {
    fn new(calls: usize) -> Self {
        Self(Arc::new(Barrier::new(calls)))
    }
}

impl SummarizeDay for AllAtOnce {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.0.wait().await;
        Ok(built(&request, &[(10, "a"), (11, "b"), (12, "c")]))
    }
}

impl WarmMemories for AllAtOnce {
    async fn warm_memories(&self, _: GuildId, _: &[UserId]) -> Result<(), InvokeError> {
        panic!("nothing is handed over")
    }
}

impl LanguageModel for AllAtOnce {
    fn name(&self) -> String {
        "all:at-once".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> Reply {
        self.0.wait().await;
        reply(&self.name(), Ok("merged".to_owned()))
    }
}

#[tokio::test]
async fn rule_7_all_days_at_once_and_then_all_people_at_once() {
    let store = InMemoryStore::default();
    for date in calendar().window(NOW.parse().unwrap()) {
        set_ledger(&store, &date.to_string(), 1, 0);
    }
    let (days, model) = (AllAtOnce::new(7), AllAtOnce::new(3));
    let asked = ask(&store, &days, &model, &[10, 11, 12]);
    let response =
        tokio::time::timeout(Duration::from_secs(20), asked).await.expect("one waits for the other").unwrap();
    assert!(response.days.values().all(|day| *day == DayState::Built));
    assert!(response.sources.values().all(|source| *source == Source::Merged));
}

#[tokio::test]
async fn rule_7_only_days_that_are_not_fresh_are_invoked_for_the_people_asked_for() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    set_ledger(&store, "2026-11-21", 2, 0);
    set_ledger(&store, "2026-11-20", 1, 0);
    fresh(&store, "2026-11-19", &[]);
    let days = ScriptedFunctions::new(|request| Ok(built(request, &[])));
    ask(&store, &days, &no_model(), &[11, 10]).await.unwrap();
    let asked: Vec<(String, Vec<UserId>, bool)> = days
        .asked()
        .into_iter()
        .map(|request| (request.date.to_string(), request.user_ids.unwrap_or_default(), request.rebuild))
        .collect();
    let expected = ["2026-11-20", "2026-11-21"].map(|date| (date.to_owned(), vec![user(10), user(11)], false));
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_day_that_fails_takes_no_other_with_it() {
    let store = InMemoryStore::default();
    for date in ["2026-11-22", "2026-11-21", "2026-11-20"] {
        set_ledger(&store, date, 1, 0);
    }
    let days = ScriptedFunctions::new(|request| {
        let failed = |error_type: &str, message: &str| {
            Err(InvokeError::Failed { error_type: error_type.into(), message: message.into() })
        };
        match request.date.to_string().as_str() {
            "2026-11-22" => failed("RateLimited", "the model's rate limit is reached; retry in 20 s"),
            "2026-11-21" => failed("Lambda.Unknown", "somebody said hush"),
            _ => Ok(built(request, &[(10, "Ann slept.")])),
        }
    });
    let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
    assert_eq!(text(&response, 10), Some("Ann slept."));
    let failed = json!([
        {"date": "2026-11-21", "error": "Internal"},
        {"date": "2026-11-22", "error": "RateLimited", "retry_after_s": 20},
    ]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
    assert_eq!(response.days[&day("2026-11-22")], DayState::Failed);
    assert_eq!(response.days[&day("2026-11-20")], DayState::Built);
}

#[tokio::test]
async fn an_older_summary_stands_in_unless_something_was_deleted_since() {
    let store = InMemoryStore::default();
    for (date, purged_version) in [("2026-11-21", 0), ("2026-11-20", 2)] {
        fresh(&store, date, &[(10, "Ann sailed.")]);
        set_ledger(&store, date, 2, purged_version);
    }
    let days = ScriptedFunctions::failing(InvokeError::Unavailable { reason: "down".into() });
    let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
    assert_eq!(text(&response, 10), Some("Ann sailed."));
    assert_eq!(response.days[&day("2026-11-21")], DayState::Stale);
    assert_eq!(response.days[&day("2026-11-20")], DayState::Failed);
    assert_eq!(response.errors.len(), 2);
}

#[tokio::test]
async fn a_merge_that_fails_leaves_what_is_known_unmerged() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    fresh(&store, "2026-11-20", &[(10, "Ann slept."), (11, "Ben ate.")]);
    teach(&store, 10, &["likes tea"]);
    for model in [ScriptedModel::failing(ModelError::TooLong), ScriptedModel::answering(" \n ")] {
        let response = ask(&store, &no_days(), &model, &[10, 11]).await.unwrap();
        let unmerged = "- likes tea\n2026-11-21: Ann sailed.\n2026-11-20: Ann slept.";
        assert_eq!((text(&response, 10), text(&response, 11)), (Some(unmerged), Some("Ben ate.")));
        assert_eq!(response.sources[&user(10)], Source::Unmerged);
        let failed = json!([{"user_id": "10", "error": "ModelUnavailable"}]);
        assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
        assert!(store.memory(guild(), user(10)).is_none());
    }
}

#[tokio::test]
async fn rule_14_a_day_that_cannot_be_read_is_failed_and_nothing_is_cached_without_it() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    fresh(&store, "2026-11-20", &[(10, "Ann slept.")]);
    store.fail_day(day("2026-11-19"));
    let response = ask(&store, &no_days(), &ScriptedModel::answering("merged"), &[10]).await.unwrap();
    assert_eq!(response.days[&day("2026-11-19")], DayState::Failed);
    assert_eq!(text(&response, 10), Some("merged"));
    let failed = json!([{"date": "2026-11-19", "error": "StoreUnavailable"}]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
    assert!(store.memory(guild(), user(10)).is_none());
}

#[tokio::test]
async fn rule_14_a_person_that_cannot_be_read_is_an_error_and_not_unknown() {
    let store = InMemoryStore::default();
    teach(&store, 10, &["likes tea"]);
    teach(&store, 11, &["has a cat"]);
    store.fail_person(user(10));
    let response = ask(&store, &no_days(), &no_model(), &[10, 11]).await.unwrap();
    assert_eq!((text(&response, 10), text(&response, 11)), (None, Some("- has a cat")));
    let failed = json!([{"user_id": "10", "error": "StoreUnavailable"}]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
}

#[tokio::test]
async fn a_store_that_cannot_be_read_at_all_is_an_error() {
    let store = InMemoryStore::default();
    calendar().window(NOW.parse().unwrap()).into_iter().for_each(|date| store.fail_day(date));
    store.fail_person(user(10));
    let error = ask(&store, &no_days(), &no_model(), &[10]).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::StoreUnavailable);
}

#[tokio::test]
async fn a_changed_fact_is_merged_anew_and_a_forgotten_one_never_shown_again() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    let model = ScriptedModel::new(|prompt| Ok(format!("merged: {}", prompt.data.contains("secret"))));
    teach(&store, 10, &["likes tea", "has a secret"]);
    let with = ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(text(&with, 10), Some("merged: true"));
    teach(&store, 10, &["likes tea"]);
    let without = ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(text(&without, 10), Some("merged: false"));
}

#[tokio::test]
async fn rule_3_an_expired_memory_is_merged_anew_though_it_is_still_there() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-20", &[(10, "Ann sailed.")]);
    teach(&store, 10, &["likes tea"]);
    let model = ScriptedModel::answering("merged");
    for (now, calls) in [(NOW, 1), ("2026-11-26T12:00:00Z", 1), (NOW, 1)] {
        build(&store, no_days(), model.clone(), &FixedClock::at(now), request(&[10])).await.unwrap();
        assert_eq!(model.asked().len(), calls, "at {now}");
    }
    let kept = store.memory(guild(), user(10)).unwrap();
    store.put_memory(guild(), user(10), crate::domain::Memory { expires_at: NOW.parse().unwrap(), ..kept });
    ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn the_answer_has_the_shape_of_the_contract() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed & slept.")]);
    let ann = Person { last_name: Some(("Ann".into(), "5".parse().unwrap())), ..Person::default() };
    store.put_person(guild(), user(10), ann);
    let response = ask(&store, &no_days(), &no_model(), &[10, 11]).await.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&response).unwrap());
}

#[tokio::test]
async fn nobody_is_an_empty_answer_and_too_many_an_error() {
    let store = InMemoryStore::default();
    let nobody = ask(&store, &no_days(), &no_model(), &[]).await.unwrap();
    assert!(nobody.memories.is_empty() && nobody.errors.is_empty());
    let hundred: Vec<u64> = (1..=100).chain(1..=100).collect();
    assert_eq!(ask(&store, &no_days(), &no_model(), &hundred).await.unwrap().memories.len(), 100);
    let too_many: Vec<u64> = (1..=101).collect();
    let error = ask(&store, &no_days(), &no_model(), &too_many).await.err().unwrap();
    assert_eq!(error, AppError::invalid("user_ids: at most 100 people in a call, but there are 101"));
}

#[tokio::test]
async fn who_opted_out_is_not_answered() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    store.put_person(guild(), user(10), Person { opted_out: true, ..Person::default() });
    let response = ask(&store, &no_days(), &no_model(), &[10]).await.unwrap();
    assert_eq!((text(&response, 10), response.sources[&user(10)]), (None, Source::None));
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_merge_that_outlasts_the_lambda_is_stopped_and_handed_over() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    teach(&store, 10, &["likes tea"]);
    let endless = ScriptedModel::answering("too late").taking(Duration::from_secs(1_000));
    let functions = no_days();
    for warm in [false, true] {
        let request = Request { warm, ..request(&[10]) };
        let answer = build(&store, functions.clone(), endless.clone(), &FixedClock::at(NOW), request).await.unwrap();
        assert_eq!((answer.sources[&user(10)], answer.errors.len()), (Source::Unmerged, 0), "it did not fail");
        assert_eq!(functions.handed_over(), [user(10)], "once, and not by the one it was handed over to");
    }
}
