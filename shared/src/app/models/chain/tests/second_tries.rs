//! A second try of what is slow (DESIGN rule 48).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::*;

/// How long a call takes, and how it ends.
type Call = (u64, Result<(), ModelError>);

/// A model whose calls take as many seconds and end as their numbers say.
#[derive(Clone)]
struct Numbered {
    call: Arc<dyn Fn(usize) -> Call + Send + Sync>,
    calls: Arc<AtomicUsize>,
}

impl Numbered {
    fn new(call: impl Fn(usize) -> Call + Send + Sync + 'static) -> Self {
        Self { call: Arc::new(call), calls: Arc::default() }
    }
}

impl LanguageModel for Numbered {
    fn name(&self) -> String {
        "gemini:a".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        let (seconds, outcome) = (self.call)(self.calls.fetch_add(1, Ordering::Relaxed));
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        crate::testing::model_response("gemini:a", outcome.map(|()| "an answer".to_owned()))
    }
}

/// One whose calls take a second, but for those of these numbers, which take a minute.
fn slow_at(numbers: &[usize]) -> Numbered {
    let numbers = numbers.to_vec();
    Numbered::new(move |call| (if numbers.contains(&call) { 60 } else { 1 }, Ok(())))
}

fn prompt(data: String) -> Prompt {
    Prompt { instructions: "", data, answer: AnswerFormat::Text, members: 0, priority: Priority::Normal }
}

fn chain_of(
    model: &Numbered,
    limits: Limits,
    store: &InMemoryStore,
) -> ModelChain<Numbered, InMemoryStore, FixedClock> {
    ModelChain::new(vec![(model.clone(), limits)], store.clone(), FixedClock::at("2026-11-22T12:00:00Z"))
}

/// How long each of so many calls took, one after the other, and what they cost.
async fn one_by_one(model: &Numbered, limits: Limits, count: usize) -> (Vec<u64>, Usage) {
    let chain = chain_of(model, limits, &InMemoryStore::default());
    let (mut took, mut usage) = (Vec::new(), Usage::default());
    for _ in 0..count {
        let begun = Instant::now();
        let response = chain.generate(&prompt(String::new())).await;
        took.push(begun.elapsed().as_secs());
        usage += response.usage;
        response.outcome.unwrap();
    }
    (took, usage)
}

/// A chain with a budget of tokens that has answered twenty calls, so that it is known what is slow.
struct Known {
    chain: ModelChain<Numbered, InMemoryStore, FixedClock>,
    store: InMemoryStore,
    prompt: Prompt,
    spent: i64,
}

impl Known {
    async fn of(model: &Numbered) -> Self {
        let (store, prompt) = (InMemoryStore::default(), prompt("x".repeat(40_000)));
        let budget = Budget { tokens_per_minute: Some(1_000_000), ..Budget::default() };
        let chain = chain_of(model, Limits { hedge: true, budget, ..Limits::default() }, &store);
        for _ in 0..20 {
            chain.generate(&prompt).await.outcome.unwrap();
        }
        let spent = store.spent_tokens("gemini:a");
        Self { chain, store, prompt, spent }
    }

    /// Tokens that were counted since then.
    fn spent_since(&self) -> i64 {
        self.store.spent_tokens("gemini:a") - self.spent
    }

    async fn is_left_alone(&self) -> bool {
        matches!(self.chain.refusal().await, Some(ModelError::RateLimited { .. }))
    }
}

/// One whose second try of the first slow call is refused at once.
fn refusing_the_second() -> Numbered {
    Numbered::new(|call| match call {
        20 => (60, Ok(())),
        21 => (0, Err(limited(300))),
        _ => (1, Ok(())),
    })
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_call_that_is_slower_than_nine_of_ten_is_tried_a_second_time_if_that_is_wanted() {
    for (hedge, seconds, calls) in [(true, 2, 26), (false, 60, 25)] {
        let tail = slow_at(&[22]);
        let (took, usage) = one_by_one(&tail, Limits { hedge, ..Limits::default() }, 25).await;
        assert_eq!((took[21], took[22], took[23]), (1, seconds, 1), "{hedge}");
        assert_eq!((usage.calls, usage.hedges, usage.failures), (calls, calls - 25, calls - 25));
    }
}

#[tokio::test(start_paused = true)]
async fn rule_48_one_of_twenty_calls_is_tried_a_second_time_at_the_most() {
    let tail = slow_at(&(20..200).step_by(5).collect::<Vec<_>>());
    let (_, usage) = one_by_one(&tail, Limits { hedge: true, ..Limits::default() }, 150).await;
    assert!((1..=7).contains(&usage.hedges), "{} in 150", usage.hedges);
}

#[tokio::test(start_paused = true)]
async fn rule_48_nobody_knows_what_is_slow_before_twenty_calls_and_a_budget_is_kept() {
    let early = slow_at(&[10]);
    assert_eq!(one_by_one(&early, Limits { hedge: true, ..Limits::default() }, 12).await.1.hedges, 0);
    let budget = Budget { requests_per_day: Some(31), ..Budget::default() };
    let spent = slow_at(&[24]);
    let (took, usage) = one_by_one(&spent, Limits { hedge: true, budget, ..Limits::default() }, 25).await;
    assert_eq!((took[24], usage.hedges), (60, 0), "four fifths of the budget are spent");
}

#[tokio::test(start_paused = true)]
async fn rule_48_what_is_answered_in_turn_is_not_tried_a_second_time() {
    let tail = slow_at(&[22]);
    let limits = Limits { hedge: true, parallel: std::num::NonZeroU32::new(1), ..Limits::default() };
    assert_eq!(one_by_one(&tail, limits, 23).await.1.hedges, 0);
}

#[tokio::test(start_paused = true)]
async fn rule_48_of_two_tries_the_answer_counts_and_a_refusal_is_remembered() {
    let known = Known::of(&refusing_the_second()).await;
    let response = known.chain.generate(&known.prompt).await;
    assert!(response.outcome.is_ok(), "the first try has answered after all");
    assert_eq!((response.usage.calls, response.usage.hedges), (2, 1));
    assert_eq!(known.spent_since(), response.usage.tokens() as i64, "each try is corrected by what it took");
    assert!(known.is_left_alone().await, "by whoever comes next");
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_refusal_is_remembered_also_if_nobody_waits_for_the_other_try() {
    let refused_first = Numbered::new(|call| match call {
        20 => (5, Err(limited(300))),
        21 => (60, Ok(())),
        _ => (1, Ok(())),
    });
    // Of the try that goes on nobody knows what it takes; what was refused took nothing.
    for model in [refusing_the_second(), refused_first] {
        let known = Known::of(&model).await;
        let answered = tokio::time::timeout(Duration::from_secs(10), known.chain.generate(&known.prompt)).await;
        assert!(answered.is_err(), "the other try takes a minute");
        assert!(known.is_left_alone().await, "by whoever comes next");
        assert_eq!(known.spent_since(), i64::try_from(known.prompt.estimated_tokens()).unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn rule_48_a_second_try_that_is_not_needed_any_more_is_not_counted() {
    let model = Numbered::new(|call| (if call == 20 { 3 } else { 1 }, Ok(())));
    let known = Known::of(&model).await;
    known.store.slow_spending(Duration::from_secs(4)); // so that the first has answered by then
    let response = known.chain.generate(&known.prompt).await;
    assert_eq!((response.usage.calls, response.usage.hedges, model.calls.load(Ordering::Relaxed)), (1, 0, 21));
    assert_eq!(known.spent_since(), response.usage.tokens() as i64);
}
