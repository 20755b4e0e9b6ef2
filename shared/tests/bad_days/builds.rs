//! One guild-day, and builders that die, stall, and meet.

use std::time::Duration;

use guild_memory::{
    contract::{DayStatus, ErrorType},
    domain::Freshness,
    ports::{Clock as _, ModelError, ReadDay as _, TextsOf},
    testing::ScriptedModel,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::world::{NOW, World, day, guild, quote, user};

const DATE: &str = "2026-11-20";

/// The clock, that many seconds later.
fn later(seconds: i64) -> String {
    (NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)).to_string()
}

#[tokio::test]
async fn a_lease_holder_that_dies_in_the_middle_is_taken_over_when_its_lease_runs_out() {
    let world = World::start();
    world.say(DATE, "10:00", 10, "hello").await;
    world.model.hold();
    tokio::select! {
        _ = world.summarize(DATE) => panic!("it is held"),
        () = world.model.begun(1) => {} // and now it dies: nothing of it runs any more
    }
    world.model.open();
    world.clock.set(&later(29));
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Pending);
    world.clock.set(&later(30));
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
    assert_eq!(world.model.calls(), 2);
}

#[tokio::test]
async fn a_builder_that_stalls_loses_its_lease_and_cannot_commit() {
    let world = World::start();
    world.say(DATE, "10:00", 10, "before").await;
    world.model.hold();
    let stalled = async {
        let report = world.summarize(DATE).await.unwrap();
        assert_eq!(report.status, DayStatus::Pending, "its words are another's by now");
    };
    let other = async {
        world.model.begun(1).await;
        world.clock.set(&later(31));
        world.say(DATE, "11:00", 10, "after").await;
        let takes_over = async { world.summarize(DATE).await.unwrap() };
        let lets_it = async {
            world.model.begun(2).await;
            world.model.open();
        };
        let (report, ()) = tokio::join!(takes_over, lets_it);
        report
    };
    let ((), report) = tokio::join!(stalled, other);
    let committed = world.memory.read_day(guild(), day(DATE), TextsOf::Everybody).await.unwrap().summary.unwrap();
    assert_eq!((report.status, &*committed.texts[&user(10)]), (DayStatus::Built, "before; after"));
}

#[tokio::test]
async fn two_builders_at_once_fifty_times_pay_fifty_times() {
    let world = World::start();
    for n in 0..50 {
        let date = day(DATE).days_before(n).to_string();
        world.say(&date, "10:00", 10, "hello").await;
        let (one, other) = tokio::join!(world.summarize(&date), world.summarize(&date));
        let statuses = [one.unwrap().status, other.unwrap().status];
        assert!(statuses.contains(&DayStatus::Built), "{statuses:?}");
        assert_eq!(world.model.calls(), usize::from(n) + 1, "{statuses:?}");
    }
}

#[tokio::test]
async fn a_commit_in_parts_that_is_torn_after_any_of_its_writes_is_no_commit() {
    // A build writes: the lease, that it reads, three parts, the summary, and nothing else.
    let large = || {
        ScriptedModel::new(|prompt| {
            let member = |n: usize| json!({"member": format!("m{n}"), "summary": "x".repeat(3_900)});
            let members = prompt.data.matches("<member ").count();
            Ok(json!({"summaries": (1..=members).map(member).collect::<Vec<_>>()}).to_string())
        })
    };
    for writes in 0..=6 {
        let world = World::with(large());
        let messages: Vec<_> = (1..=24_u64)
            .map(|n| {
                let id = guild_memory::testing::message_at(day(DATE), "10:00", n, "x", "").id;
                json!({"id": id, "channel_id": "7", "author": {"id": n, "name": "x"}, "content": "hello"})
            })
            .collect();
        world.ingest(json!({"messages": messages})).await.unwrap();
        world.cloud.store().deny_writes_after(writes);
        let torn = world.summarize(DATE).await;
        world.cloud.store().reset();
        let record = world.memory.read_day(guild(), day(DATE), TextsOf::Everybody).await.unwrap();
        assert_eq!(torn.is_ok(), record.summary.is_some(), "{writes} writes");
        assert_eq!(record.summary.is_some(), writes == 6, "{writes} writes");

        world.clock.set(&later(31));
        let again = world.summarize(DATE).await.unwrap();
        assert_eq!(again.summaries.len(), 24, "{writes} writes");
        let parts = world.everything_stored().await.matches("PART#").count();
        assert_eq!(parts, 3, "{writes} writes: what was torn off is gone");
    }
}

#[tokio::test]
async fn a_build_that_midnight_passes_is_not_final() {
    let world = World::start();
    world.clock.set("2026-11-20T23:59:58Z");
    world.say(DATE, "23:59", 10, "last words").await;
    world.model.hold();
    let slow = async { world.summarize(DATE).await.unwrap() };
    let midnight = async {
        world.model.begun(1).await;
        world.clock.set("2026-11-21T00:25:00Z");
        world.model.open();
    };
    let (report, ()) = tokio::join!(slow, midnight);
    assert!(report.expires_at.is_some());
    let closed = world.summarize(DATE).await.unwrap();
    assert_eq!((closed.status, closed.expires_at, world.model.calls()), (DayStatus::Renewed, None, 1));
}

#[tokio::test]
async fn messages_that_arrive_during_a_build_are_in_the_next() {
    let world = World::start();
    world.say(DATE, "10:00", 10, "early").await;
    world.model.hold();
    let slow = async { world.summarize(DATE).await.unwrap() };
    let meanwhile = async {
        world.model.begun(1).await;
        world.say(DATE, "11:00", 10, "late").await;
        world.model.open();
    };
    let (report, ()) = tokio::join!(slow, meanwhile);
    assert_eq!((report.status, &*report.summaries[&user(10)]), (DayStatus::Built, "early"));
    let record = world.memory.read_day(guild(), day(DATE), TextsOf::Everybody).await.unwrap();
    assert_eq!(record.freshness(true, world.clock.now()), Freshness::Outdated);
    let next = world.summarize(DATE).await.unwrap();
    assert_eq!((next.status, &*next.summaries[&user(10)]), (DayStatus::Built, "early; late"));
}

#[tokio::test]
async fn who_waits_for_an_attempt_fails_with_it_and_the_next_request_tries_again() {
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    let world = World::with(ScriptedModel::failing(limited));
    world.say(DATE, "10:00", 10, "hello").await;
    world.model.hold();
    let first = world.memories(&[10]);
    let second = async {
        world.model.begun(1).await;
        let second = world.memories(&[10]);
        let lets_it = async {
            // The second caller has been told `pending` when it looks at the ledger for the second time.
            let reads = || world.cloud.counters().dynamodb_requests["BatchGetItem"];
            let before = reads();
            while reads() < before + 4 {
                tokio::task::yield_now().await;
            }
            world.model.open();
        };
        tokio::join!(second, lets_it).0
    };
    let (first, second) = tokio::join!(first, second);
    for response in [&first, &second] {
        assert_eq!(response.errors.len(), 1, "{:?}", response.errors);
        assert_eq!((response.errors[0].error, response.errors[0].retry_after_s), (ErrorType::RateLimited, Some(20)));
    }
    assert_eq!(world.model.calls(), 1, "nobody repeats what was refused");
    world.clock.set(&later(21));
    world.model.open();
    world.memories(&[10]).await;
    assert_eq!(world.model.calls(), 2);
}

#[tokio::test]
async fn expired_items_may_be_swept_at_once_or_never() {
    let mut answers = Vec::new();
    for swept in [false, true] {
        let world = World::start();
        world.clock.set("2026-11-20T12:00:00Z");
        world.say(DATE, "10:00", 10, "hello").await;
        let mut statuses = Vec::new();
        for (now, says) in [
            ("2026-11-20T12:00:00Z", None),
            ("2026-11-20T13:00:01Z", Some("11:00")),
            ("2026-11-21T00:30:00Z", Some("23:00")),
            ("2026-11-28T00:30:00Z", None),
        ] {
            world.clock.set(now);
            if let Some(time) = says {
                world.say(DATE, time, 10, "more").await;
            }
            if swept {
                world.sweep().await;
            }
            let report = world.summarize(DATE).await.unwrap();
            statuses.push((report.status, report.expires_at, report.summaries));
        }
        answers.push(statuses);
    }
    assert!(answers[0] == answers[1]);
    assert_eq!(answers[0].iter().map(|(status, ..)| *status).collect::<Vec<_>>(), {
        use DayStatus::{Built, Cached};
        [Built, Built, Built, Cached]
    });
}

#[test]
fn the_model_of_these_tests_quotes() {
    let data = "<day>\n<message id=\"1\" member=\"m2\" channel=\"c1\" at=\"10:00\">hi</message>\n</day>";
    assert_eq!(quote(data), r#"{"summaries":[{"member":"m2","summary":"hi"}]}"#);
}

/// They count once, and the day is made of them as of any others.
#[tokio::test]
async fn rule_6_what_had_expired_and_is_imported_again_is_counted_and_summarized() {
    let world = World::start();
    let batch = |texts: u64| {
        let message = |n: u64| {
            let id = guild_memory::testing::id_at(day(DATE).start(), n);
            json!({"id": id, "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": format!("hello {n}")})
        };
        json!({"messages": (1..=texts).map(message).collect::<Vec<_>>()})
    };
    world.ingest(batch(3)).await.unwrap();
    for (now, swept) in [("2026-12-30T12:00:00Z", true), ("2027-02-10T12:00:00Z", false)] {
        world.clock.set(now);
        if swept {
            world.sweep().await;
        }
        world.ingest(batch(4)).await.unwrap();
        let ledger = world.memory.read_day(guild(), day(DATE), TextsOf::Everybody).await.unwrap().ledger.unwrap();
        assert_eq!(ledger.message_count, 4, "swept: {swept}");
        assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built, "swept: {swept}");
    }
}
