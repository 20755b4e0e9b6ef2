//! Nobody waits for a summary of today in a guild that is asked about, and no merge is paid for it (DESIGN rules 35 and 37).

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use guild_memory::{
    contract::{DayReport, DayRequest, DayState, MemoriesRequest, MemoriesResponse},
    ports::{InvokeError, LanguageModel, SummarizeDay, WarmMemories},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::world::{InProcess, World, text, user};

const DATE: &str = "2026-11-22";
const LONG: Duration = Duration::from_secs(60);

/// Requests that are to be run behind the answers.
type Behind = Arc<Mutex<Vec<Value>>>;

/// Days are made in this process; what is handed over is noted, to be run once the answer has left.
struct Functions<M>(InProcess<M>, Behind);

impl<M: LanguageModel> SummarizeDay for Functions<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.0.summarize_day(request).await
    }
}

impl<M: LanguageModel> WarmMemories for Functions<M> {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        self.1
            .lock()
            .unwrap()
            .push(json!({"user_ids": request.user_ids, "warm": request.warm, "refresh": request.refresh}));
        Ok(())
    }
}

async fn ask(world: &World, behind: &Behind, users: &[u64]) -> MemoriesResponse {
    request(world, behind, json!({"user_ids": users})).await
}

async fn request(world: &World, behind: &Behind, event: Value) -> MemoriesResponse {
    let functions = Functions(InProcess(world.day_deps(world.chain())), behind.clone());
    world.request(functions, event, LONG).await
}

/// Runs all that was handed over; how many requests that were.
async fn catch_up(world: &World, behind: &Behind) -> usize {
    let events: Vec<Value> = behind.lock().unwrap().drain(..).collect();
    for event in &events {
        request(world, behind, event.clone()).await;
    }
    events.len()
}

/// A guild in which the summary of today is 46 minutes old, and something new was said.
async fn aging() -> World {
    let world = World::start();
    world.clock.set("2026-11-22T12:00:00Z");
    world.say(DATE, "11:58", 10, "word-1").await;
    world.say("2026-11-21", "11:58", 10, "yesterday").await;
    ask(&world, &Behind::default(), &[10]).await;
    world.clock.set("2026-11-22T12:30:00Z");
    world.say(DATE, "12:30", 10, "word-2").await;
    world.clock.set("2026-11-22T12:46:00Z");
    world
}

#[tokio::test]
async fn rule_37_what_ages_is_served_at_once_and_made_anew_behind_the_answer() {
    let (world, behind) = (aging().await, Behind::default());
    let calls = world.model.calls();
    let answer = ask(&world, &behind, &[10]).await;
    assert_eq!(answer.days[&DATE.parse().unwrap()], DayState::Cached);
    assert!(!text(&answer, 10).contains("word-2"), "it is served as it is");
    assert_eq!(world.model.calls(), calls, "nobody waits for a model");
    assert_eq!(*behind.lock().unwrap(), [json!({"user_ids": [user(10)], "warm": true, "refresh": true})]);

    assert_eq!(catch_up(&world, &behind).await, 1, "what runs behind hands over nothing");
    let paid = world.model.calls();
    let answer = ask(&world, &behind, &[10]).await;
    assert!(text(&answer, 10).contains("word-2"), "it is there for the next request");
    assert_eq!((world.model.calls(), behind.lock().unwrap().len()), (paid, 0), "and nobody waits, and nothing ages");
}

#[tokio::test]
async fn rule_37_callers_at_once_have_it_made_anew_once() {
    let (world, behind) = (aging().await, Behind::default());
    let calls = world.model.calls();
    let asked = futures::future::join_all((0..5).map(|_| ask(&world, &behind, &[10]))).await;
    assert!(asked.iter().all(|answer| answer.errors.is_empty()));
    assert_eq!(behind.lock().unwrap().len(), 1);
    catch_up(&world, &behind).await;
    assert_eq!(world.model.calls() - calls, 1, "a day, and what is told of today is merged by nobody");
}

#[tokio::test]
async fn rule_37_a_refresh_that_meets_another_takes_what_that_one_commits() {
    let (world, behind) = (aging().await, Behind::default());
    let calls = world.model.calls();
    world.model.hold();
    let refresh = || request(&world, &behind, json!({"user_ids": [10], "warm": true, "refresh": true}));
    let opened = async {
        world.model.begun(calls + 1).await;
        world.model.open();
    };
    let (one, other, ()) = tokio::join!(refresh(), refresh(), opened);
    assert_eq!(world.model.calls() - calls, 1, "a day, for both");
    for answer in [one, other] {
        assert!(text(&answer, 10).contains("word-2"));
    }
}

#[tokio::test]
async fn rule_37_a_deletion_wins_over_what_is_made_behind_it() {
    let (world, behind) = (aging().await, Behind::default());
    let id = world.say(DATE, "12:40", 10, "secret").await;
    ask(&world, &behind, &[10]).await;
    let calls = world.model.calls();
    world.model.hold();
    let deleted = async {
        world.model.begun(calls + 1).await;
        world.delete(id).await;
        world.model.open();
    };
    tokio::join!(catch_up(&world, &behind), deleted);
    assert!(!world.everything_stored().await.contains("secret"));
    assert!(!text(&ask(&world, &behind, &[10]).await, 10).contains("secret"));
}

/// Asked every ten minutes for eight hours over a day in which something is said all the time.
#[tokio::test]
async fn rule_37_nobody_waits_for_a_model_after_the_first_request() {
    let (world, behind) = (World::start(), Behind::default());
    world.say("2026-11-21", "11:58", 10, "yesterday").await;
    let begin: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut waited = Vec::new();
    for step in 0..48 {
        let now = begin + SignedDuration::from_mins(10 * step);
        world.clock.set(&now.to_string());
        world.say(DATE, &now.to_string()[11..16], 10, &format!("word-{step}")).await;
        let calls = world.model.calls();
        let answer = ask(&world, &behind, &[10]).await;
        if world.model.calls() > calls {
            waited.push(step);
        }
        assert!(answer.errors.is_empty());
        catch_up(&world, &behind).await;
    }
    assert_eq!(waited, [0]);
    assert!(text(&ask(&world, &behind, &[10]).await, 10).contains("word-42"), "it is kept up to date");
}

/// A day and a night of an active guild: five people say something every half hour, and are asked for.
#[tokio::test]
async fn rule_35_a_memory_is_merged_once_a_day_however_often_it_is_asked_for() {
    let (world, behind, people) = (World::start(), Behind::default(), [10, 11, 12, 13, 14]);
    for user in people {
        for date in ["2026-11-20", "2026-11-21"] {
            world.say(date, "11:58", user, "before").await;
        }
    }
    let begin: Timestamp = "2026-11-22T00:30:00Z".parse().unwrap();
    let mut merges = 0;
    for step in 0..48 {
        let now = begin + SignedDuration::from_mins(30 * step);
        world.clock.set(&now.to_string());
        let (date, time) = (&now.to_string()[..10], &now.to_string()[11..16]);
        for user in people {
            world.say(date, time, user, &format!("word-{step}")).await;
        }
        let before = world.model.merges();
        let answer = ask(&world, &behind, &people).await;
        catch_up(&world, &behind).await;
        merges += world.model.merges() - before;
        let told = text(&answer, 10);
        let today = told.rsplit("\n\n").next().unwrap();
        assert!(today.starts_with(&format!("{date}: ")), "what was said today is told last");
    }
    assert_eq!(merges, people.len(), "one a person: of the two days that had closed");
}
