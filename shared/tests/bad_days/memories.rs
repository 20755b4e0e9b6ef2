//! Requests for memories that meet each other, a model that refuses, and a deadline.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use guild_memory::{
    contract::{DayState, ErrorType},
    domain::Source,
    ports::ModelError,
    testing::ScriptedModel,
};

use super::world::{GatedModel, World, quote, text, user};

const WAIT: Duration = Duration::from_secs(60);

async fn week(world: &World) {
    for date in ["2026-11-20", "2026-11-19", "2026-11-18"] {
        for author in [10, 11, 12] {
            world.say(date, "10:00", author, &format!("{author} on {date}")).await;
        }
    }
}

#[tokio::test]
async fn rule_9_ten_cold_callers_at_once_pay_what_one_pays() {
    let world = World::start();
    week(&world).await;
    let callers = join_all((0..10).map(|_| world.memories(&[10, 11, 12]))).await;
    assert_eq!(world.model.calls(), 3 + 3, "a day each, and a person each");
    for response in &callers {
        assert_eq!(response.memories, callers[0].memories);
        assert!(response.errors.is_empty());
        for n in [10, 11, 12] {
            assert!(text(response, n).contains("2026-11-18") && text(response, n).contains(&n.to_string()));
        }
    }
    let merged = callers.iter().flat_map(|response| response.sources.values());
    assert_eq!(merged.filter(|source| **source == Source::Merged).count(), 3);
}

#[tokio::test]
async fn rule_10_every_call_is_a_429() {
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    let world = World::with(ScriptedModel::failing(limited));
    week(&world).await;
    let first = world.memories(&[10, 11, 12]).await;
    let asked = world.model.calls();
    assert!(first.days.values().all(|state| [DayState::Failed, DayState::Empty].contains(state)));
    assert!(first.errors.iter().all(|failure| failure.error == ErrorType::RateLimited));
    let second = world.memories(&[10, 11, 12]).await;
    assert_eq!(world.model.calls(), asked, "it is left alone");
    assert!(second.errors.iter().all(|failure| failure.retry_after_s == Some(20)), "{:?}", second.errors);
}

#[tokio::test]
async fn rule_10_every_second_call_is_a_429_and_what_succeeded_is_kept() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let world = World::with(ScriptedModel::new(move |prompt| match counted.fetch_add(1, Ordering::SeqCst) % 2 {
        0 => Ok(quote(&prompt.data)),
        _ => Err(ModelError::RateLimited { retry_after: Some(Duration::from_secs(1)) }),
    }));
    week(&world).await;
    let mut minute = 0;
    let complete = loop {
        let response = world.memories(&[10, 11, 12]).await;
        if response.errors.is_empty() {
            break response;
        }
        minute += 1;
        assert!(minute < 20, "it gets on");
        world.clock.set(&format!("2026-11-22T12:{minute:02}:00Z"));
    };
    assert!([10, 11, 12].iter().all(|n| text(&complete, *n).contains("2026-11-18")));
    let succeeded = calls.load(Ordering::SeqCst).div_ceil(2);
    let partial = succeeded - 3 - 3;
    assert!(partial <= 6, "no day is paid twice; merges of what there was may be: {partial}");
}

#[tokio::test]
async fn rule_11_a_deadline_of_a_millisecond_is_kept_and_nothing_is_lost() {
    let world = World::start();
    week(&world).await;
    let cold = world.memories_within(&[10, 11], Duration::from_millis(1)).await;
    assert!(cold.errors.is_empty());
    assert!(cold.days.values().all(|state| [DayState::Pending, DayState::Empty].contains(state)), "{:?}", cold.days);
    world.clock.set("2026-11-22T12:01:00Z"); // the leases of the builds that were cut off have run out
    world.memories(&[10, 11]).await;
    let warm = world.memories_within(&[10, 11], Duration::from_millis(1)).await;
    assert_eq!(warm.sources[&user(10)], Source::Cached);
}

#[tokio::test]
async fn rule_11_merges_that_are_not_ready_give_their_leases_back() {
    let world = World::start();
    week(&world).await;
    for date in ["2026-11-20", "2026-11-19", "2026-11-18"] {
        world.summarize(date).await.unwrap();
    }
    world.model.hold();
    let response = world.memories_within(&[10], Duration::from_millis(200)).await;
    assert_eq!(response.sources[&user(10)], Source::Unmerged);
    assert!(text(&response, 10).starts_with("2026-11-20: 10 on 2026-11-20\n2026-11-19: "), "{}", text(&response, 10));
    world.model.open();
    let next = world.memories(&[10]).await;
    assert_eq!(next.sources[&user(10)], Source::Merged, "nobody holds the lease");
}

#[tokio::test]
async fn rule_13_the_last_known_good_memory_stands_in_for_a_merge_that_fails() {
    let world = World::start();
    week(&world).await;
    let good = world.memories(&[10]).await;
    world.say("2026-11-21", "10:00", 10, "10 on 2026-11-21").await;
    world.summarize("2026-11-21").await.unwrap();
    let down = GatedModel::new(ScriptedModel::failing(ModelError::Unavailable { reason: "down".into() }));
    let response = world.memories_by(down.clone(), &[10], WAIT).await;
    assert_eq!((response.sources[&user(10)], text(&response, 10)), (Source::LastKnownGood, text(&good, 10)));
    assert_eq!(response.errors[0].error, ErrorType::ModelUnavailable);
    world.clock.set("2026-11-23T12:00:00Z");
    let too_old = world.memories_by(down, &[10], WAIT).await;
    assert_eq!(too_old.sources[&user(10)], Source::Unmerged);
    assert!(text(&too_old, 10).contains("2026-11-21"));
}
