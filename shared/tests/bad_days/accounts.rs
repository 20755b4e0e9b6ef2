//! Functions that share the concurrent executions of a small account.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::join_all;

use super::world::{InProcess, World, guild, text, user};
use guild_memory::{
    contract::{DayReport, DayRequest, DayState, MemoriesRequest},
    ports::{InvokeError, LanguageModel, SummarizeDay, WarmMemories},
};
use tokio::sync::Semaphore;

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";

/// An account with so many concurrent executions, and what was refused and handed over in it.
#[derive(Clone)]
struct Account {
    executions: Arc<Semaphore>,
    throttled: Arc<AtomicUsize>,
    handed_over: Arc<AtomicUsize>,
}

/// The functions of that account.
struct Limited<M>(InProcess<M>, Account);

impl<M: LanguageModel> SummarizeDay for Limited<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let Ok(_execution) = self.1.executions.try_acquire() else {
            self.1.throttled.fetch_add(1, Ordering::SeqCst);
            return Err(InvokeError::Throttled);
        };
        self.0.summarize_day(request).await
    }
}

impl<M: LanguageModel> WarmMemories for Limited<M> {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        assert_eq!((request.guild_id, &request.user_ids[..]), (guild(), &[user(10)][..]));
        self.1.handed_over.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// So many callers at once, each in an execution of `get_memories`: what they are answered.
async fn callers_on_an_account(world: &World, account: &Account, callers: usize) -> Vec<DayState> {
    let answers = join_all((0..callers).map(|_| async {
        let _execution = account.executions.try_acquire().expect("there is one for get_memories itself");
        let functions = Limited(InProcess(world.day_deps(world.chain())), account.clone());
        world.memories_with(functions, &[10]).await
    }));
    let answers = answers.await;
    let is_whole = |state: DayState| matches!(state, DayState::Built | DayState::Cached);
    for answer in &answers {
        let days: Vec<DayState> = answer.days.values().copied().filter(|state| *state != DayState::Empty).collect();
        let is_told = text(answer, 10).contains("hello");
        assert_eq!(days.iter().copied().any(is_whole), is_told, "a day that is there is told");
    }
    answers.into_iter().flat_map(|answer| answer.days.into_values()).filter(|state| *state != DayState::Empty).collect()
}

#[tokio::test]
async fn rule_11_callers_who_hold_all_executions_give_them_back_and_hand_over() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
    let account =
        Account { executions: Arc::new(Semaphore::new(10)), throttled: Arc::default(), handed_over: Arc::default() };
    let states = callers_on_an_account(&world, &account, 10).await;
    assert_eq!(account.executions.available_permits(), 10, "nobody holds one to the deadline");
    let throttled = account.throttled.load(Ordering::SeqCst);
    assert!((10..=10 * 2 * 5).contains(&throttled), "the tries are bounded: {throttled}");
    assert!(states.contains(&DayState::Pending), "{states:?}");
    assert_eq!(account.handed_over.load(Ordering::SeqCst), 1, "all wait for the same person");

    // What was handed over is built when there is room, and the next caller finds it.
    callers_on_an_account(&world, &account, 1).await;
    let states = callers_on_an_account(&world, &account, 1).await;
    assert!(states.iter().all(|state| *state == DayState::Cached), "{states:?}");
    assert_eq!(world.model.calls(), 3, "two days and one merge, whoever asked");
}

#[tokio::test]
async fn rule_11_one_execution_more_than_callers_serves_them_all() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
    let account =
        Account { executions: Arc::new(Semaphore::new(11)), throttled: Arc::default(), handed_over: Arc::default() };
    let states = callers_on_an_account(&world, &account, 10).await;
    let is_there = |state: &&DayState| matches!(state, DayState::Built | DayState::Cached);
    assert!(states.iter().filter(is_there).count() > 0, "somebody is served: {states:?}");
    assert_eq!(account.executions.available_permits(), 11);
}
