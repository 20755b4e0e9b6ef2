use std::sync::{Arc, Mutex};

use futures::future::{join, join_all};

use super::*;
use crate::{
    app::models::ModelChain,
    domain::prompt::{AnswerFormat, Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
    testing::{FixedClock, InMemoryStore, ScriptedModel, model_response},
};

const SECOND: Duration = Duration::from_secs(1);

/// A model that notes how many calls there were at a time at the most, and the order they were answered in.
#[derive(Clone)]
struct Busy {
    takes: Duration,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    now: usize,
    most: usize,
    answered: Vec<String>,
}

impl Busy {
    fn taking(takes: Duration) -> Self {
        Self { takes, seen: Arc::default() }
    }

    fn most_at_a_time(&self) -> usize {
        self.seen.lock().unwrap().most
    }

    fn answered(&self) -> Vec<String> {
        self.seen.lock().unwrap().answered.clone()
    }
}

/// A call that is under way; it is over when it is dropped.
struct Underway<'a>(&'a Busy);

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.seen.lock().unwrap().now -= 1;
    }
}

impl LanguageModel for Busy {
    fn name(&self) -> String {
        "busy".to_owned()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        {
            let mut seen = self.seen.lock().unwrap();
            seen.now += 1;
            seen.most = seen.most.max(seen.now);
        }
        let underway = Underway(self);
        sleep(self.takes).await;
        self.seen.lock().unwrap().answered.push(prompt.data.clone());
        drop(underway);
        model_response(&self.name(), Ok(prompt.data.clone()))
    }
}

/// Processes that share a store, and a model that answers one call at a time, or so many.
struct Processes<M> {
    model: M,
    store: InMemoryStore,
    clock: FixedClock,
    limits: Limits,
}

impl<M: LanguageModel + Clone> Processes<M> {
    fn with(model: M, parallel: u32) -> Self {
        let limits = Limits { parallel: NonZeroU32::new(parallel), timeout: 10 * SECOND, ..Limits::default() };
        Self { model, store: InMemoryStore::default(), clock: FixedClock::at("2026-11-22T12:00:00Z"), limits }
    }

    fn another(&self) -> ModelChain<M, InMemoryStore, FixedClock> {
        ModelChain::new(vec![(self.model.clone(), self.limits)], self.store.clone(), self.clock.clone())
    }

    /// One question, by a process of its own.
    async fn ask(&self, about: &str, priority: Priority, left: Duration) -> Result<String, ModelError> {
        self.another().generate_within(&prompt(about, priority), left).await.outcome.map(|answer| answer.text)
    }

    async fn places(&self) -> usize {
        self.store.line(&self.model.name()).await.unwrap().places.len()
    }
}

fn prompt(about: &str, priority: Priority) -> Prompt {
    Prompt { instructions: "", data: about.to_owned(), answer: AnswerFormat::Text, members: 0, priority }
}

#[tokio::test(start_paused = true)]
async fn rule_34_no_process_calls_a_model_that_answers_others_already() {
    for parallel in [1, 2] {
        let processes = Processes::with(Busy::taking(12 * SECOND), parallel);
        let asked = (0..6).map(|n| n.to_string()).collect::<Vec<_>>();
        let answers = join_all(asked.iter().map(|n| processes.ask(n, Priority::Normal, 200 * SECOND))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(processes.model.most_at_a_time(), parallel as usize);
        assert_eq!(processes.places().await, 0, "all have left");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_34_calls_of_one_process_wait_for_each_other_too() {
    let processes = Processes::with(Busy::taking(SECOND), 2);
    let (chain, prompt) = (processes.another(), prompt("x", Priority::Normal));
    let answers = join_all((0..40).map(|_| chain.generate_within(&prompt, 100 * SECOND))).await;
    assert!(answers.iter().all(|answer| answer.outcome.is_ok()));
    assert_eq!(processes.model.most_at_a_time(), 2);
}

#[tokio::test(start_paused = true)]
async fn rule_34_what_somebody_asked_for_is_answered_before_what_nobody_waits_for() {
    let processes = Processes::with(Busy::taking(5 * SECOND), 1);
    let ask = async |about, priority, after| {
        sleep(after).await;
        processes.ask(about, priority, 100 * SECOND).await.unwrap()
    };
    let background =
        join(ask("first", Priority::Background, Duration::ZERO), ask("background", Priority::Background, SECOND / 10));
    let asked = join(ask("asked", Priority::Normal, SECOND), ask("today", Priority::First, 2 * SECOND));
    join(background, asked).await;
    assert_eq!(processes.model.answered(), ["first", "asked", "today", "background"]);
}

#[tokio::test(start_paused = true)]
async fn rule_34_waiting_is_no_part_of_the_call_and_none_is_begun_that_could_not_be_kept() {
    let processes = Processes::with(Busy::taking(9 * SECOND), 1);
    let begun = Instant::now();
    let ask = async |n: &str| (processes.ask(n, Priority::Normal, 30 * SECOND).await, begun.elapsed());
    let (a, b, c, d) = futures::future::join4(ask("1"), ask("2"), ask("3"), ask("4")).await;
    let answered = [&a, &b, &c, &d].iter().filter(|(answer, _)| answer.is_ok()).count();
    assert_eq!(answered, 3, "9, 18 and 27 s; the third waits for longer than the 10 s of a call");
    let (late, gave_up_after) = [a, b, c, d].into_iter().find(|(answer, _)| answer.is_err()).unwrap();
    assert_eq!(late, Err(ModelError::NoTurn));
    assert!(gave_up_after <= 20 * SECOND, "30 s less the 10 s of a call: {gave_up_after:?}");
    assert_eq!(processes.model.answered().len(), 3, "it is not even called");
    assert_eq!(processes.places().await, 0, "and does not stand there any more");
}

#[tokio::test(start_paused = true)]
async fn rule_34_where_nobody_goes_before_a_call_is_begun_however_little_time_is_left() {
    let processes = Processes::with(Busy::taking(SECOND), 1);
    assert_eq!(processes.ask("x", Priority::Normal, 2 * SECOND).await, Ok("x".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn rule_34_who_is_stopped_leaves_the_line() {
    let processes = Processes::with(Busy::taking(60 * SECOND), 1);
    let calls = processes.ask("a", Priority::Normal, 200 * SECOND);
    let waits = processes.ask("b", Priority::Normal, 200 * SECOND);
    assert!(tokio::time::timeout(5 * SECOND, join(calls, waits)).await.is_err());
    sleep(SECOND).await;
    assert_eq!(processes.places().await, 0);
}

#[tokio::test(start_paused = true)]
async fn rule_34_a_process_that_died_keeps_its_turn_for_fifteen_seconds() {
    let processes = Processes::with(Busy::taking(SECOND), 1);
    let mut line = Line::default();
    let dead = LeaseOwner::new(processes.clock.now(), 1);
    line.stand(&dead, Priority::First, NonZeroU32::MIN, processes.clock.now());
    processes.store.keep_line("busy", &line).await.unwrap();
    let later = async {
        sleep(20 * SECOND).await;
        processes.clock.set("2026-11-22T12:00:16Z");
    };
    let begun = Instant::now();
    let (answer, ()) = join(processes.ask("x", Priority::Normal, 100 * SECOND), later).await;
    assert_eq!(answer, Ok("x".to_owned()));
    assert!(begun.elapsed() > 20 * SECOND && begun.elapsed() < 25 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn rule_34_who_lost_the_turn_stops_and_does_not_answer_beside_another() {
    let processes = Processes::with(Busy::taking(60 * SECOND), 1);
    let stalls = async {
        sleep(SECOND).await;
        processes.clock.set("2026-11-22T12:00:30Z"); // nothing was renewed for so long
    };
    let (answer, ()) = join(processes.ask("x", Priority::Normal, 200 * SECOND), stalls).await;
    assert_eq!(answer, Err(ModelError::NoTurn));
    assert!(processes.model.answered().is_empty());
}

#[tokio::test(start_paused = true)]
async fn rule_34_who_waited_sees_that_the_model_was_to_be_left_alone_meanwhile() {
    let limited = ModelError::RateLimited { retry_after: Some(600 * SECOND) };
    let processes = Processes::with(ScriptedModel::failing(limited).taking(3 * SECOND), 1);
    let ask = |n| processes.ask(n, Priority::Normal, 100 * SECOND);
    let (first, second) = join(ask("1"), ask("2")).await;
    assert!(matches!((first, second), (Err(ModelError::RateLimited { .. }), Err(ModelError::RateLimited { .. }))));
    assert_eq!(processes.model.asked().len(), 1);
    assert_eq!(processes.places().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_model_without_the_option_costs_the_store_nothing() {
    let mut processes = Processes::with(Busy::taking(SECOND), 1);
    processes.limits.parallel = None;
    let ask = |n| processes.ask(n, Priority::Normal, 100 * SECOND);
    let (first, second) = join(ask("1"), ask("2")).await;
    assert!(first.is_ok() && second.is_ok() && processes.model.most_at_a_time() == 2);
    assert_eq!(processes.store.line("busy").await, Ok(Line::default()));
}
