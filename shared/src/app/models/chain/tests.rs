use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::*;
use crate::{
    domain::{Budget, Priority, prompt::AnswerFormat},
    testing::{FixedClock, InMemoryStore, ScriptedModel},
};

struct Chain {
    models: [ScriptedModel; 2],
    limits: [Limits; 2],
    store: InMemoryStore,
    clock: FixedClock,
}

impl Chain {
    fn of([first, second]: [ScriptedModel; 2]) -> Self {
        Self {
            models: [first.named("first"), second.named("second")],
            limits: [Limits::default(); 2],
            store: InMemoryStore::default(),
            clock: FixedClock::at("2026-11-22T12:00:00Z"),
        }
    }

    /// As another Lambda would ask: with the store and nothing else in common.
    async fn ask(&self) -> Result<String, ModelError> {
        self.ask_for(Priority::Normal).await.outcome.map(|answer| answer.text)
    }

    async fn ask_for(&self, priority: Priority) -> ModelResponse {
        let prompt =
            Prompt { instructions: "", data: "12345678".to_owned(), answer: AnswerFormat::Text, members: 0, priority };
        let models = self.models.clone().into_iter().zip(self.limits).collect();
        ModelChain::new(models, self.store.clone(), self.clock.clone()).generate(&prompt).await
    }

    fn asked(&self) -> [usize; 2] {
        [self.models[0].asked().len(), self.models[1].asked().len()]
    }
}

fn limited(seconds: u64) -> ModelError {
    ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

#[tokio::test]
async fn rule_10_a_429_cools_the_model_down_for_all_and_the_next_stands_in() {
    let chain = Chain::of([ScriptedModel::failing(limited(20)), ScriptedModel::answering("second")]);
    assert_eq!(chain.ask().await, Ok("second".to_owned()));
    assert_eq!(chain.ask().await, Ok("second".to_owned()));
    assert_eq!(chain.asked(), [1, 2], "the first is left alone");
    chain.clock.set("2026-11-22T12:00:20Z");
    chain.ask().await.unwrap();
    assert_eq!(chain.asked(), [2, 3]);
}

#[tokio::test]
async fn rule_10_when_all_cool_down_it_fails_at_once_with_the_soonest_time() {
    let chain = Chain::of([ScriptedModel::failing(ModelError::DailyQuota), ScriptedModel::failing(limited(20))]);
    assert_eq!(chain.ask().await, Err(limited(20)));
    chain.clock.set("2026-11-22T12:00:05Z");
    assert_eq!(chain.ask().await, Err(limited(15)));
    assert_eq!(chain.asked(), [1, 1]);
    chain.clock.set("2026-11-23T08:00:00Z");
    chain.ask().await.unwrap_err();
    assert_eq!(chain.asked(), [2, 2], "midnight in Los Angeles");
}

#[tokio::test]
async fn rule_10_a_cooldown_only_ever_grows() {
    let chain = Chain::of([ScriptedModel::failing(limited(60)), ScriptedModel::answering("second")]);
    chain.ask().await.unwrap();
    let sooner = crate::domain::Cooldown { until: "2026-11-22T12:00:10Z".parse().unwrap(), why: String::new() };
    chain.store.cool_down("first", &sooner).await.unwrap();
    chain.clock.set("2026-11-22T12:00:30Z");
    chain.ask().await.unwrap();
    assert_eq!(chain.asked(), [1, 2]);
}

#[tokio::test]
async fn a_model_that_is_down_hands_over_without_cooling_down() {
    let down = ModelError::Unavailable { reason: "down".into() };
    let chain = Chain::of([ScriptedModel::failing(down.clone()), ScriptedModel::failing(ModelError::TooLong)]);
    assert_eq!(chain.ask().await, Err(ModelError::TooLong));
    assert_eq!(chain.ask().await, Err(ModelError::TooLong));
    assert_eq!(chain.asked(), [2, 2]);
}

#[tokio::test]
async fn rule_10_a_model_that_takes_too_long_hands_over_and_if_nobody_answers_that_counts() {
    let timed_out = || ScriptedModel::failing(ModelError::TimedOut);
    let chain = Chain::of([timed_out(), ScriptedModel::answering("second")]);
    assert_eq!(chain.ask().await, Ok("second".to_owned()));
    for other in [limited(20), ModelError::Unavailable { reason: "down".into() }] {
        for models in
            [[timed_out(), ScriptedModel::failing(other.clone())], [ScriptedModel::failing(other), timed_out()]]
        {
            assert_eq!(Chain::of(models).ask().await, Err(ModelError::TimedOut), "less may be asked of it");
        }
    }
}

#[tokio::test]
async fn a_failure_costs_too() {
    let down = ModelError::Unavailable { reason: "down".into() };
    let chain = Chain::of([ScriptedModel::failing(down), ScriptedModel::answering("second")]);
    let usage = chain.ask_for(Priority::Normal).await.usage;
    let expected = Usage {
        prompt_tokens: 10,
        output_tokens: 2,
        thought_tokens: 1,
        calls: 2,
        retries: 1,
        failures: 1,
        ..Usage::default()
    };
    assert_eq!(usage, expected);
}

#[tokio::test]
async fn a_spent_budget_hands_over_and_then_refuses_with_the_time_to_retry() {
    let mut chain = Chain::of([ScriptedModel::answering("first"), ScriptedModel::answering("second")]);
    chain.limits[0].budget.requests_per_minute = Some(2);
    chain.limits[1].budget.requests_per_minute = Some(1);
    chain.clock.set("2026-11-22T12:00:15Z");
    let first = || async { chain.ask_for(Priority::First).await.outcome.map(|answer| answer.text) };
    for expected in [Ok("first"), Ok("first"), Ok("second"), Err(limited(45))] {
        assert_eq!(first().await, expected.map(str::to_owned));
    }
    assert_eq!(chain.asked(), [2, 1], "nobody is asked whose budget is spent");
    chain.clock.set("2026-11-22T12:01:00Z");
    assert_eq!(first().await, Ok("first".to_owned()), "another minute");
}

#[tokio::test]
async fn the_last_of_a_budget_is_for_those_that_come_first() {
    let mut chain = Chain::of([ScriptedModel::answering("first"), ScriptedModel::failing(limited(600))]);
    chain.limits[0].budget.requests_per_day = Some(5);
    for _ in 0..4 {
        assert!(chain.ask().await.is_ok());
    }
    assert_eq!(chain.ask().await, Err(limited(600)), "a fifth is kept");
    assert!(chain.ask_for(Priority::First).await.outcome.is_ok());
    assert!(chain.ask_for(Priority::First).await.outcome.is_err());
    assert_eq!(chain.asked()[0], 5);
}

#[tokio::test]
async fn tokens_are_counted_by_estimate_and_corrected_by_what_the_model_says() {
    let mut chain = Chain::of([ScriptedModel::answering("first"), ScriptedModel::failing(limited(600))]);
    // A prompt of about 4 tokens turns out to take 13.
    chain.limits[0].budget.tokens_per_minute = Some(30);
    let mut answered = 0;
    while chain.ask_for(Priority::First).await.outcome.is_ok() {
        answered += 1;
    }
    assert_eq!(answered, 3, "after 13 and 26 there is room for 4");
}

/// Of a question about days, and not of a merge or of a failure.
#[tokio::test(start_paused = true)]
async fn rule_33_how_fast_a_model_writes_is_learned_from_its_answers_about_days() {
    let store = InMemoryStore::default();
    let chain_of = |model: ScriptedModel| {
        let models =
            vec![(model.named("first"), Limits::default()), (ScriptedModel::answering("second"), Limits::default())];
        ModelChain::new(models, store.clone(), FixedClock::at("2026-11-22T12:00:00Z"))
    };
    let ask = async |model: ScriptedModel, members| {
        let priority = Priority::Normal;
        let prompt =
            Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Summaries, members, priority };
        let chain = chain_of(model.taking(Duration::from_secs(2)));
        chain.generate(&prompt).await;
        chain.capacity().await.pace.members_within(Duration::from_secs(6))
    };
    let usual = crate::domain::Pace::default().members_within(Duration::from_secs(6));
    assert_eq!(ask(ScriptedModel::answering("a merge"), 0).await, usual);
    assert_eq!(ask(ScriptedModel::failing(ModelError::TimedOut), 40).await, usual);
    assert_eq!(ask(ScriptedModel::answering("summaries"), 40).await, 120, "twenty a second");
}

#[tokio::test]
async fn what_was_blocked_is_not_tried_elsewhere() {
    let blocked = ModelError::Blocked { reason: "SAFETY".into() };
    let chain = Chain::of([ScriptedModel::failing(blocked.clone()), ScriptedModel::answering("second")]);
    assert_eq!(chain.ask().await, Err(blocked));
    assert_eq!(chain.asked(), [1, 0]);
}

/// A model whose calls take a second, but for those of these numbers, which take a minute.
#[derive(Clone, Default)]
struct Tail {
    slow: Vec<usize>,
    calls: Arc<AtomicUsize>,
}

impl LanguageModel for Tail {
    fn name(&self) -> String {
        "gemini:a".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(if self.slow.contains(&call) { 60 } else { 1 })).await;
        crate::testing::model_response("gemini:a", Ok(format!("call {call}")))
    }
}

/// How long each of so many calls took, one after the other, and what they cost.
async fn one_by_one(tail: &Tail, limits: Limits, count: usize) -> (Vec<u64>, Usage) {
    let chain =
        ModelChain::new(vec![(tail.clone(), limits)], InMemoryStore::default(), FixedClock::at("2026-11-22T12:00:00Z"));
    let prompt = Prompt {
        instructions: "",
        data: String::new(),
        answer: AnswerFormat::Text,
        members: 0,
        priority: Priority::Normal,
    };
    let (mut took, mut usage) = (Vec::new(), Usage::default());
    for _ in 0..count {
        let begun = Instant::now();
        let response = chain.generate(&prompt).await;
        took.push(begun.elapsed().as_secs());
        usage += response.usage;
        response.outcome.unwrap();
    }
    (took, usage)
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_call_that_is_slower_than_nine_of_ten_is_tried_a_second_time_if_that_is_wanted() {
    for (hedge, seconds, calls) in [(true, 2, 26), (false, 60, 25)] {
        let tail = Tail { slow: vec![22], ..Tail::default() };
        let (took, usage) = one_by_one(&tail, Limits { hedge, ..Limits::default() }, 25).await;
        assert_eq!((took[21], took[22], took[23]), (1, seconds, 1), "{hedge}");
        assert_eq!((usage.calls, usage.hedges, usage.failures), (calls, calls - 25, calls - 25));
    }
}

#[tokio::test(start_paused = true)]
async fn rule_48_one_of_twenty_calls_is_tried_a_second_time_at_the_most() {
    let tail = Tail { slow: (20..200).step_by(5).collect(), ..Tail::default() };
    let (_, usage) = one_by_one(&tail, Limits { hedge: true, ..Limits::default() }, 150).await;
    assert!((1..=7).contains(&usage.hedges), "{} in 150", usage.hedges);
}

#[tokio::test(start_paused = true)]
async fn rule_48_nobody_knows_what_is_slow_before_twenty_calls_and_a_budget_is_kept() {
    let early = Tail { slow: vec![10], ..Tail::default() };
    assert_eq!(one_by_one(&early, Limits { hedge: true, ..Limits::default() }, 12).await.1.hedges, 0);
    let budget = Budget { requests_per_day: Some(31), ..Budget::default() };
    let spent = Tail { slow: vec![24], ..Tail::default() };
    let (took, usage) = one_by_one(&spent, Limits { hedge: true, budget, ..Limits::default() }, 25).await;
    assert_eq!((took[24], usage.hedges), (60, 0), "four fifths of the budget are spent");
}

#[tokio::test(start_paused = true)]
async fn rule_48_what_is_answered_in_turn_is_not_tried_a_second_time() {
    let tail = Tail { slow: vec![22], ..Tail::default() };
    let limits = Limits { hedge: true, parallel: std::num::NonZeroU32::new(1), ..Limits::default() };
    assert_eq!(one_by_one(&tail, limits, 23).await.1.hedges, 0);
}

/// Answers in a second and says what it took, but for two calls: one that answers after a minute, and the next, which is
/// refused at once.
#[derive(Clone, Default)]
struct RefusingTheSecond(Arc<AtomicUsize>);

impl LanguageModel for RefusingTheSecond {
    fn name(&self) -> String {
        "gemini:a".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            20 => tokio::time::sleep(Duration::from_secs(60)).await,
            21 => return crate::testing::model_response("gemini:a", Err(limited(300))),
            _ => tokio::time::sleep(Duration::from_secs(1)).await,
        }
        crate::testing::model_response("gemini:a", Ok("an answer".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn rule_48_of_two_tries_the_answer_counts_and_a_refusal_is_remembered() {
    let (store, clock) = (InMemoryStore::default(), FixedClock::at("2026-11-22T12:00:00Z"));
    let budget = Budget { tokens_per_minute: Some(1_000_000), ..Budget::default() };
    let limits = Limits { hedge: true, budget, ..Limits::default() };
    let chain = ModelChain::new(vec![(RefusingTheSecond::default(), limits)], store.clone(), clock);
    let prompt = Prompt {
        instructions: "",
        data: "x".repeat(40_000),
        answer: AnswerFormat::Text,
        members: 0,
        priority: Priority::Normal,
    };
    for _ in 0..20 {
        chain.generate(&prompt).await.outcome.unwrap();
    }
    let before = store.spent_tokens("gemini:a");
    let response = chain.generate(&prompt).await;
    assert!(response.outcome.is_ok(), "the first try has answered after all");
    assert_eq!((response.usage.calls, response.usage.hedges), (2, 1));
    assert_eq!(
        store.spent_tokens("gemini:a") - before,
        response.usage.tokens() as i64,
        "each try is corrected by what it took"
    );
    assert!(matches!(chain.refusal().await, Some(ModelError::RateLimited { .. })), "for whoever comes next");
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_refusal_is_remembered_also_if_nobody_waits_for_the_other_try() {
    let (store, clock) = (InMemoryStore::default(), FixedClock::at("2026-11-22T12:00:00Z"));
    let budget = Budget { tokens_per_minute: Some(1_000_000), ..Budget::default() };
    let limits = Limits { hedge: true, budget, ..Limits::default() };
    let chain = ModelChain::new(vec![(RefusingTheSecond::default(), limits)], store.clone(), clock);
    let prompt = Prompt {
        instructions: "",
        data: "x".repeat(40_000),
        answer: AnswerFormat::Text,
        members: 0,
        priority: Priority::Normal,
    };
    for _ in 0..20 {
        chain.generate(&prompt).await.outcome.unwrap();
    }
    let before = store.spent_tokens("gemini:a");
    let answered = tokio::time::timeout(Duration::from_secs(10), chain.generate(&prompt)).await;
    assert!(answered.is_err(), "the first try takes a minute");
    assert!(matches!(chain.refusal().await, Some(ModelError::RateLimited { .. })), "for whoever comes next");
    let of_first = i64::try_from(prompt.estimated_tokens()).unwrap();
    assert_eq!(store.spent_tokens("gemini:a") - before, of_first, "what was refused took nothing");
}

/// Answers in a second, but for one call, which takes three.
#[derive(Clone, Default)]
struct OnceInThree(Arc<AtomicUsize>);

impl LanguageModel for OnceInThree {
    fn name(&self) -> String {
        "gemini:a".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        let seconds = if self.0.fetch_add(1, Ordering::Relaxed) == 20 { 3 } else { 1 };
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        crate::testing::model_response("gemini:a", Ok("an answer".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_second_try_that_is_not_needed_any_more_is_not_counted() {
    let (store, clock) = (InMemoryStore::default(), FixedClock::at("2026-11-22T12:00:00Z"));
    let budget = Budget { tokens_per_minute: Some(1_000_000), ..Budget::default() };
    let limits = Limits { hedge: true, budget, ..Limits::default() };
    let model = OnceInThree::default();
    let chain = ModelChain::new(vec![(model.clone(), limits)], store.clone(), clock);
    let prompt = Prompt {
        instructions: "",
        data: String::new(),
        answer: AnswerFormat::Text,
        members: 0,
        priority: Priority::Normal,
    };
    for _ in 0..20 {
        chain.generate(&prompt).await.outcome.unwrap();
    }
    let before = store.spent_tokens("gemini:a");
    store.slow_spending(Duration::from_secs(4)); // so that the first has answered by then
    let response = chain.generate(&prompt).await;
    assert_eq!((response.usage.calls, response.usage.hedges, model.0.load(Ordering::Relaxed)), (1, 0, 21));
    assert_eq!(store.spent_tokens("gemini:a") - before, response.usage.tokens() as i64);
}
