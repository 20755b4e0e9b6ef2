//! Builders that meet, stall and die, and messages that are deleted meanwhile (DESIGN rules 8 and 19).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::{
    domain::{DaySummary, LeaseOwner, Priority},
    ports::{CommitDaySummary as _, HoldLeases as _, LeaseOn, ModelError, ReadDay as _, StoreError, TextsOf},
};

/// A lease of somebody else.
async fn leased(store: &InMemoryStore, until: &str) -> LeaseOwner {
    let owner = LeaseOwner::new(Timestamp::UNIX_EPOCH, 1);
    let lease = crate::domain::Lease { owner: owner.clone(), until: until.parse().unwrap() };
    assert!(store.acquire(guild(), &LeaseOn::Day(day()), &lease, AFTER.parse().unwrap()).await.unwrap());
    owner
}

#[tokio::test]
async fn rule_8_while_somebody_else_builds_the_answer_is_pending_and_costs_nothing() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    leased(&store, "2026-11-21T00:20:30Z").await;
    let report = summarize(&store, &model, AFTER).await.unwrap();
    assert_eq!((report.status, report.summaries.len()), (DayStatus::Pending, 0));
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn rule_8_a_lease_that_ran_out_is_taken_over_and_the_late_writer_is_fenced() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    let late = leased(&store, "2026-11-21T00:20:30Z").await;
    let report = summarize(&store, &model, "2026-11-21T00:20:30Z").await.unwrap();
    assert_eq!(report.status, DayStatus::Built);
    let committed = store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.unwrap();
    let stalled = DaySummary { texts: BTreeMap::new(), ..committed.clone() };
    assert_eq!(store.commit_summary(guild(), day(), &stalled, &late).await, Err(StoreError::Conflict));
    assert_eq!(store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary, Some(committed));
}

#[tokio::test]
async fn rule_8_who_stalls_and_loses_the_lease_does_not_commit() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let (clock, other) = (FixedClock::at(AFTER), store.clone());
    let stalls = clock.clone();
    let model = ScriptedModel::new(move |_| {
        stalls.set("2026-11-21T00:21:00Z");
        let taken = crate::domain::Lease {
            owner: LeaseOwner::new(Timestamp::UNIX_EPOCH, 2),
            until: "2026-11-21T00:21:30Z".parse().unwrap(),
        };
        let on = LeaseOn::Day(day());
        let acquired = other.acquire(guild(), &on, &taken, "2026-11-21T00:21:00Z".parse().unwrap());
        assert!(futures::executor::block_on(acquired).unwrap());
        Ok(json!({"summaries": []}).to_string())
    });
    assert_eq!(ask(&store, &model, &clock, request()).await.unwrap().status, DayStatus::Pending);
    let record = store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    assert!(record.summary.is_none());
    assert!(record.build.lease.is_some(), "the other one's lease stands");
}

#[tokio::test]
async fn rule_8_a_failure_is_recorded_with_its_attempt_and_the_lease_is_free() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    summarize(&store, &ScriptedModel::failing(limited), AFTER).await.err().unwrap();
    let build = store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().build;
    let failure = build.last_failure.unwrap();
    assert_eq!((failure.error_type.as_str(), build.lease), ("RateLimited", None));
    assert_eq!(failure.message, "the model's rate limit is reached; retry in 20 s");
    assert_eq!(summarize(&store, &model(), AFTER).await.unwrap().status, DayStatus::Built);
}

#[tokio::test(start_paused = true)]
async fn rule_8_a_lease_is_renewed_for_as_long_as_its_owner_works() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let slow = model().taking(Duration::from_secs(65));
    let (clock, started) = (FixedClock::at(AFTER), tokio::time::Instant::now());
    let follow = async {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            let now = AFTER.parse::<Timestamp>().unwrap() + jiff::SignedDuration::try_from(started.elapsed()).unwrap();
            clock.set(&now.to_string());
            if started.elapsed() > Duration::from_secs(15) && started.elapsed() < Duration::from_secs(60) {
                assert!(store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().build.is_under_way(now));
            }
        }
    };
    let report = tokio::select! {
        report = ask(&store, &slow, &clock, request()) => report.unwrap(),
        () = follow => unreachable!("it follows for ever"),
    };
    assert_eq!(report.status, DayStatus::Built);
}

#[tokio::test]
async fn rule_34_a_day_without_a_turn_in_time_is_pending_and_did_not_fail() {
    let (store, model) = (InMemoryStore::default(), ScriptedModel::failing(ModelError::NoTurn));
    say(&store, "10:00", 10).await;
    let report = summarize(&store, &model, AFTER).await.unwrap();
    assert_eq!((report.status, model.asked().len()), (DayStatus::Pending, 1));
    let build = store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().build;
    assert_eq!(build, crate::domain::BuildState::default(), "anybody may build it, and nobody fails with it");
}

#[tokio::test]
async fn rules_34_and_37_what_nobody_waits_for_lets_others_go_before_and_today_only_if_it_is_made_ahead_of_time() {
    let cases = [
        (AFTER, false, false, Priority::Normal),
        (AFTER, true, false, Priority::Background),
        (DURING, true, false, Priority::First),
        (DURING, true, true, Priority::Background),
    ];
    for (now, background, refresh, expected) in cases {
        let store = InMemoryStore::default();
        say(&store, "10:00", 10).await;
        let model = ScriptedModel::new(move |prompt| {
            assert_eq!(prompt.priority, expected);
            Ok(json!({"summaries": []}).to_string())
        });
        let request = DayRequest { background, refresh, ..request() };
        assert_eq!(ask(&store, &model, &FixedClock::at(now), request).await.unwrap().status, DayStatus::Built);
    }
}

#[tokio::test]
async fn rule_8_ten_builders_at_once_pay_once() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    let reports = futures::future::join_all((0..10).map(|_| summarize(&store, &model, AFTER))).await;
    let built = reports.iter().filter(|report| report.as_ref().is_ok_and(|report| report.status == DayStatus::Built));
    assert_eq!((built.count(), model.asked().len()), (1, 1));
}

#[tokio::test]
async fn rule_19_words_that_are_deleted_during_a_build_are_not_committed() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let taken_back = say(&store, "10:01", 11).await;
    let meanwhile = store.clone();
    let model = ScriptedModel::new(move |prompt| {
        let deletion = json!({"guild_id": "1", "deleted": [taken_back]});
        futures::executor::block_on(ingest(&meanwhile, deletion, AFTER));
        Ok(json!({"summaries": [{"member": "m1", "summary": format!("{} messages", prompt.data.matches("<message ").count())}]}).to_string())
    });
    let report = summarize(&store, &model, AFTER).await.unwrap();
    assert_eq!((report.status, &*report.summaries[&user(10)]), (DayStatus::Built, "1 messages"));
    assert_eq!(model.asked().len(), 2, "it is built again from what is left");
}
