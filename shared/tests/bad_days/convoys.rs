//! Many callers at once while something cannot be had: what was paid for is kept, and nobody pays for it again.

use futures::future::join_all;
use guild_memory::{
    contract::{DayReport, DayRequest, MemoriesRequest},
    domain::Source,
    ports::{InvokeError, LanguageModel, SummarizeDay, WarmMemories},
};

use super::world::{InProcess, World, day, user};

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";

/// One day's function fails; all others are made in this process.
struct OneDayFails<M>(InProcess<M>, InvokeError);

impl<M: LanguageModel> SummarizeDay for OneDayFails<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        if request.date == day(OTHER) {
            return Err(self.1.clone());
        }
        self.0.summarize_day(request).await
    }
}

impl<M: LanguageModel> WarmMemories for OneDayFails<M> {
    async fn warm_memories(&self, _: MemoriesRequest) -> Result<(), InvokeError> {
        Ok(())
    }
}

#[tokio::test]
async fn rule_9_callers_at_once_pay_once_while_a_day_cannot_be_had() {
    let failed = |error_type: &str| InvokeError::Failed { error_type: error_type.into(), message: "later".into() };
    let unavailable = InvokeError::Unavailable { reason: "no connection".into() };
    for error in [unavailable, failed("StoreUnavailable"), failed("Throttled"), failed("Unhandled")] {
        let world = World::start();
        for date in [DATE, OTHER, "2026-11-18"] {
            world.say(date, "10:00", 10, "hello").await;
        }
        for date in [DATE, "2026-11-18"] {
            world.summarize(date).await.unwrap();
        }
        let before = world.model.calls();
        let answers = join_all((0..5).map(|_| {
            let functions = OneDayFails(InProcess(world.day_deps(world.chain())), error.clone());
            world.memories_with(functions, &[10])
        }));
        let answers = answers.await;
        assert_eq!(world.model.calls() - before, 1, "{error}");
        let merged = |source: Source| matches!(source, Source::Merged | Source::Cached);
        assert!(answers.iter().all(|answer| merged(answer.sources[&user(10)])), "{error}");
    }
}

/// The store takes everything but commits for a while: whoever paid says so to those who wait.
#[tokio::test]
async fn rule_9_a_commit_that_is_throttled_is_tried_again_until_it_is_kept() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
        world.summarize(date).await.unwrap();
    }
    let before = world.model.calls();
    world.model.hold();
    let answers = async { tokio::join!(world.memories(&[10]), world.memories(&[10])) };
    let trouble = async {
        world.model.begun(before + 1).await;
        world.cloud.store().fail_next("PutItem", 30);
        world.model.open();
    };
    let ((first, second), ()) = tokio::join!(answers, trouble);
    assert_eq!(world.model.calls() - before, 1);
    assert!(first.memories[&user(10)].is_some() && second.memories[&user(10)].is_some());
}
