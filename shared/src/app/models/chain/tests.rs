mod second_tries;

use std::time::Duration;

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
