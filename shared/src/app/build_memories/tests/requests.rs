//! A request as a whole: all at once, in time, and in the shape of the contract (DESIGN rules 7 and 11).

use std::sync::Arc;

use tokio::sync::Barrier;

use super::*;
use crate::{
    domain::{Authors, KnownNames, prompt::Prompt},
    ports::{InvokeError, ModelError, ModelResponse, ReadAskedFor as _},
    testing::model_response,
};

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
    async fn warm_memories(&self, _: MemoriesRequest) -> Result<(), InvokeError> {
        panic!("nothing is handed over")
    }
}

impl LanguageModel for AllAtOnce {
    fn name(&self) -> String {
        "all:at-once".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        self.0.wait().await;
        model_response(&self.name(), Ok("merged".to_owned()))
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
async fn a_store_that_cannot_be_read_at_all_is_an_error() {
    let store = InMemoryStore::default();
    calendar().window(NOW.parse().unwrap()).into_iter().for_each(|date| store.fail_day(date));
    store.fail_person(user(10));
    let error = ask(&store, &no_days(), &no_model(), &[10]).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::StoreUnavailable);
}

#[tokio::test]
async fn the_answer_has_the_shape_of_the_contract() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed & slept.")]);
    let ann = Person { called: KnownNames::of_account("Ann", "5".parse().unwrap()), ..Person::default() };
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
async fn rule_34_who_had_no_turn_in_time_did_not_fail_and_is_handed_over() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    teach(&store, 10, &["likes tea"]);
    let (functions, model) = (no_days(), ScriptedModel::failing(ModelError::NoTurn));
    let answer = ask(&store, &functions, &model, &[10]).await.unwrap();
    assert_eq!((answer.sources[&user(10)], answer.errors.len()), (Source::Unmerged, 0));
    assert_eq!(functions.handed_over(), [user(10)]);
    let answer = ask(&store, &functions, &ScriptedModel::answering("merged"), &[10]).await.unwrap();
    assert_eq!(text(&answer, 10), Some("merged"), "the lease was given back");
}

#[tokio::test]
async fn rule_34_days_say_whether_anybody_waits_for_them() {
    for warm in [false, true] {
        let store = InMemoryStore::default();
        store.put_ledger(
            guild(),
            "2026-11-21".parse().unwrap(),
            Ledger { version: 1, message_count: 1, ..Ledger::default() },
        );
        let functions = ScriptedFunctions::new(|request| Ok(built(request, &[(10, "Ann sailed.")])));
        let request = MemoriesRequest { warm, ..request(&[10]) };
        build(&store, functions.clone(), no_model(), &FixedClock::at(NOW), request).await.unwrap();
        assert_eq!(functions.asked().iter().map(|day| day.background).collect::<Vec<_>>(), [warm]);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_merge_that_outlasts_the_lambda_is_stopped_and_handed_over() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    teach(&store, 10, &["likes tea"]);
    let endless = ScriptedModel::answering("too late").taking(Duration::from_secs(1_000));
    let functions = no_days();
    for warm in [false, true] {
        let request = MemoriesRequest { warm, ..request(&[10]) };
        let answer = build(&store, functions.clone(), endless.clone(), &FixedClock::at(NOW), request).await.unwrap();
        assert_eq!((answer.sources[&user(10)], answer.errors.len()), (Source::Unmerged, 0), "it did not fail");
        assert_eq!(functions.handed_over(), [user(10)], "once, and not by the one it was handed over to");
    }
}

#[tokio::test]
async fn rule_38_noted_is_who_is_known_and_did_not_opt_out_and_only_if_somebody_waits() {
    let store = InMemoryStore::default();
    teach(&store, 10, &["likes tea"]);
    teach(&store, 11, &["likes tea"]);
    store.put_person(guild(), user(12), Person { opted_out: true, ..Person::default() });
    let erased = Person { erased_at: Some(NOW.parse().unwrap()), facts_revision: 3, ..Person::default() };
    store.put_person(guild(), user(14), erased);
    let ask = async |warm, users: &[u64]| {
        let request = MemoriesRequest { warm, refresh: warm, ..request(users) };
        build(&store, no_days(), no_model(), &FixedClock::at(NOW), request).await.unwrap();
        store.asked_for(guild()).await.unwrap().into_keys().collect::<Vec<UserId>>()
    };
    assert_eq!(ask(true, &[10, 11]).await, []);
    assert_eq!(ask(false, &[10, 12, 13, 14]).await, [user(10)]);
}

/// Days that are made at once, but one that never is.
#[derive(Clone)]
struct AllBut(Day, ScriptedFunctions);

impl SummarizeDay for AllBut {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        if request.date == self.0 { std::future::pending().await } else { self.1.summarize_day(request).await }
    }
}

impl WarmMemories for AllBut {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        self.1.warm_memories(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn rule_36_who_was_not_there_on_the_slowest_day_does_not_wait_for_it() {
    let store = InMemoryStore::default();
    let wrote = |users: &[u64]| {
        let mut authors = Authors::NOBODY;
        users.iter().for_each(|n| authors.add(user(*n)));
        Ledger { version: 1, message_count: 1, authors: Some(authors), ..Ledger::default() }
    };
    store.put_ledger(guild(), day("2026-11-21"), wrote(&[10, 11]));
    store.put_ledger(guild(), day("2026-11-20"), wrote(&[11]));
    teach(&store, 10, &["likes tea"]);
    teach(&store, 11, &["likes tea"]);
    let others = ScriptedFunctions::new(|request| Ok(built(request, &[(10, "Ann sailed."), (11, "Ben ate.")])));
    let functions = AllBut(day("2026-11-20"), others);
    let model = ScriptedModel::answering("merged");
    let ask = async |users: &[u64]| {
        let begun = tokio::time::Instant::now();
        let request = MemoriesRequest { max_wait_ms: Some(30_000), ..request(users) };
        let answer = build(&store, functions.clone(), model.clone(), &FixedClock::at(NOW), request).await.unwrap();
        (answer, begun.elapsed())
    };

    let (answer, took) = ask(&[10]).await;
    assert_eq!((text(&answer, 10), answer.sources[&user(10)]), (Some("merged"), Source::Merged));
    assert_eq!(
        (answer.days[&day("2026-11-21")], answer.days[&day("2026-11-20")]),
        (DayState::Built, DayState::Pending)
    );
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(functions.1.handed_over(), [user(10)], "the day is made for the next request");

    let (answer, took) = ask(&[10, 11]).await;
    assert!(took >= Duration::from_secs(30), "who may have written waits: {took:?}");
    assert_eq!((answer.sources[&user(10)], answer.sources[&user(11)]), (Source::Cached, Source::Unmerged));
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn rule_36_where_nobody_noted_who_wrote_everybody_waits() {
    let store = InMemoryStore::default();
    set_ledger(&store, "2026-11-21", 1, 0);
    let functions = ScriptedFunctions::new(|request| Ok(built(request, &[(10, "Ann sailed.")])));
    let answer = ask(&store, &functions, &no_model(), &[10]).await.unwrap();
    assert_eq!((answer.days[&day("2026-11-21")], answer.sources[&user(10)]), (DayState::Built, Source::Summary));
}

#[tokio::test]
async fn rule_39_without_models_everybody_gets_what_is_there_and_nobody_waits() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed."), (11, "Ben ate.")]);
    fresh(&store, "2026-11-19", &[(10, "Ann slept.")]);
    set_ledger(&store, "2026-11-19", 2, 0);
    set_ledger(&store, "2026-11-20", 1, 0);
    teach(&store, 10, &["likes tea"]);
    teach(&store, 12, &["has a cat"]);
    let functions = no_days();
    let models_of = |by_request: bool| {
        if by_request { (Models::Configured, Models::None) } else { (Models::None, Models::Configured) }
    };
    for by_request in [true, false] {
        let (configured, asked) = models_of(by_request);
        let request = MemoriesRequest { models: asked, ..request(&[10, 11, 12, 13]) };
        let deps = Deps { models: configured, ..deps(&store, functions.clone(), no_model(), &FixedClock::at(NOW)) };
        let answer = build_memories(&deps, Deadline::new(Duration::from_secs(180), None), request).await.unwrap();
        let ann = "- likes tea\n2026-11-21: Ann sailed.\n2026-11-19: Ann slept.";
        assert_eq!((text(&answer, 10), text(&answer, 11)), (Some(ann), Some("2026-11-21: Ben ate.")));
        assert_eq!((text(&answer, 12), text(&answer, 13)), (Some("- has a cat"), None));
        let sources: Vec<Source> = answer.sources.values().copied().collect();
        assert_eq!(sources, [Source::Verbatim, Source::Verbatim, Source::Verbatim, Source::None]);
        let state = |date| answer.days[&day(date)];
        let states = (state("2026-11-21"), state("2026-11-20"), state("2026-11-19"));
        assert_eq!(states, (DayState::Cached, DayState::Pending, DayState::Stale));
        assert!(answer.errors.is_empty());
    }
    let behind = functions.behind();
    assert_eq!(behind.iter().map(|request| request.models).collect::<Vec<_>>(), [Models::None, Models::Configured]);
    assert!(behind.iter().all(|request| request.warm && request.user_ids.len() == 4), "the days are made behind it");
}

#[tokio::test]
async fn rule_39_what_is_made_behind_an_answer_without_models_is_days_alone() {
    let store = InMemoryStore::default();
    set_ledger(&store, "2026-11-21", 1, 0);
    teach(&store, 10, &["likes tea"]);
    let functions = ScriptedFunctions::new(|request| Ok(built(request, &[(10, "Ann sailed.")])));
    let request = MemoriesRequest { models: Models::None, warm: true, ..request(&[10]) };
    let answer = build(&store, functions.clone(), no_model(), &FixedClock::at(NOW), request).await.unwrap();
    assert_eq!(answer.days[&day("2026-11-21")], DayState::Built);
    assert_eq!(functions.asked().len(), 1);
    let asked_for = store.asked_for(guild()).await.unwrap();
    assert!(asked_for.is_empty(), "who needs no merge is not kept warm by one");
}
