//! The days of the window, and what stands in for those that fail (DESIGN rules 7, 13 and 14).

use serde_json::json;

use jiff::SignedDuration;

use super::*;
use crate::{
    domain::{FailedAttempt, Lease, LeaseOwner},
    ports::{HoldLeases as _, InvokeError, LeaseOn, ModelError},
};

#[tokio::test]
async fn rule_7_only_days_that_are_not_fresh_are_invoked_for_the_people_asked_for() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    set_ledger(&store, "2026-11-21", 2, 0);
    set_ledger(&store, "2026-11-20", 1, 0);
    fresh(&store, "2026-11-19", &[]);
    let days = ScriptedFunctions::new(|request| Ok(built(request, &[])));
    ask(&store, &days, &no_model(), &[11, 10]).await.unwrap();
    let asked: Vec<(String, Vec<UserId>, bool)> = days
        .asked()
        .into_iter()
        .map(|request| (request.date.to_string(), request.user_ids.unwrap_or_default(), request.rebuild))
        .collect();
    let expected = ["2026-11-20", "2026-11-21"].map(|date| (date.to_owned(), vec![user(10), user(11)], false));
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_day_that_fails_takes_no_other_with_it() {
    let store = InMemoryStore::default();
    for date in ["2026-11-22", "2026-11-21", "2026-11-20"] {
        set_ledger(&store, date, 1, 0);
    }
    let days = ScriptedFunctions::new(|request| {
        let failed = |error_type: &str, message: &str| {
            Err(InvokeError::Failed { error_type: error_type.into(), message: message.into() })
        };
        match request.date.to_string().as_str() {
            "2026-11-22" => failed("RateLimited", "the model's rate limit is reached; retry in 20 s"),
            "2026-11-21" => failed("Lambda.Unknown", "somebody said hush"),
            _ => Ok(built(request, &[(10, "Ann slept.")])),
        }
    });
    let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
    assert_eq!(text(&response, 10), Some("2026-11-20: Ann slept."));
    let failed = json!([
        {"date": "2026-11-21", "error": "Internal"},
        {"date": "2026-11-22", "error": "RateLimited", "retry_after_s": 20},
    ]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
    assert_eq!(response.days[&day("2026-11-22")], DayState::Failed);
    assert_eq!(response.days[&day("2026-11-20")], DayState::Built);
}

#[tokio::test]
async fn an_older_summary_stands_in_unless_something_was_deleted_since() {
    let store = InMemoryStore::default();
    for (date, purged_version) in [("2026-11-21", 0), ("2026-11-20", 2)] {
        fresh(&store, date, &[(10, "Ann sailed.")]);
        set_ledger(&store, date, 2, purged_version);
    }
    let days = ScriptedFunctions::failing(InvokeError::Unavailable { reason: "down".into() });
    let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
    assert_eq!(text(&response, 10), Some("2026-11-21: Ann sailed."));
    assert_eq!(response.days[&day("2026-11-21")], DayState::Stale);
    assert_eq!(response.days[&day("2026-11-20")], DayState::Failed);
    assert_eq!(response.errors.len(), 2);
}

#[tokio::test]
async fn rule_14_a_day_that_cannot_be_read_is_failed_and_what_is_merged_without_it_is_kept_as_that() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    fresh(&store, "2026-11-20", &[(10, "Ann slept.")]);
    store.fail_day(day("2026-11-19"));
    let response = ask(&store, &no_days(), &ScriptedModel::answering("merged"), &[10]).await.unwrap();
    assert_eq!(response.days[&day("2026-11-19")], DayState::Failed);
    assert_eq!(text(&response, 10), Some("merged"));
    let failed = json!([{"date": "2026-11-19", "error": "StoreUnavailable"}]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
    let again = ask(&store, &no_days(), &no_model(), &[10]).await.unwrap();
    assert_eq!((text(&again, 10), again.sources[&user(10)]), (Some("merged"), Source::Cached), "it is paid once");

    let all = InMemoryStore::default();
    for (date, said) in [("2026-11-21", "Ann sailed."), ("2026-11-20", "Ann slept."), ("2026-11-19", "Ann sang.")] {
        fresh(&all, date, &[(10, said)]);
    }
    all.put_memory(guild(), user(10), store.memory(guild(), user(10)).unwrap());
    let anew = ask(&all, &no_days(), &ScriptedModel::answering("with all days"), &[10]).await.unwrap();
    assert_eq!(text(&anew, 10), Some("with all days"), "with the day its inputs are others");
}

#[tokio::test(start_paused = true)]
async fn rule_11_a_throttled_day_is_given_up_after_two_seconds_and_handed_over() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    set_ledger(&store, "2026-11-21", 2, 0);
    set_ledger(&store, "2026-11-20", 1, 0);
    let days = ScriptedFunctions::failing(InvokeError::Throttled);
    let begun = tokio::time::Instant::now();
    let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(response.days[&day("2026-11-21")], DayState::Stale);
    assert_eq!(response.days[&day("2026-11-20")], DayState::Pending);
    assert_eq!((text(&response, 10), response.errors.len()), (Some("2026-11-21: Ann sailed."), 0));
    assert_eq!((days.asked().len(), days.handed_over().len()), (2 * 5, 1), "five tries a day");
}

#[tokio::test]
async fn rule_38_what_failed_of_late_is_left_to_who_waits_for_it() {
    let store = InMemoryStore::default();
    set_ledger(&store, "2026-11-21", 1, 0);
    teach(&store, 10, &["likes tea"]);
    let days = ScriptedFunctions::new(|request| Ok(built(request, &[(10, "Ann sailed.")])));
    let warm = |warm| MemoriesRequest { warm, ..request(&[10]) };
    let clock = FixedClock::at(NOW);
    fail_build(&store, LeaseOn::Day(day("2026-11-21")), None).await;
    let answer = build(&store, days.clone(), no_model(), &clock, warm(true)).await.unwrap();
    assert_eq!((answer.days[&day("2026-11-21")], days.asked().len()), (DayState::Pending, 0));
    let blocked = ScriptedModel::failing(ModelError::TooLong);
    build(&store, days.clone(), blocked.clone(), &clock, warm(false)).await.unwrap();
    assert_eq!((days.asked().len(), blocked.asked().len()), (1, 1), "who waits has it made");

    for (now, calls) in [(NOW, 1), ("2026-11-22T17:59:00Z", 1), ("2026-11-22T18:01:00Z", 2)] {
        store.put_summary(guild(), day("2026-11-21"), summary(1, &[(10, "Ann sailed.")]));
        build(&store, no_days(), blocked.clone(), &FixedClock::at(now), warm(true)).await.unwrap();
        assert_eq!(blocked.asked().len(), calls, "the same merge failed at noon; now it is {now}");
    }
    teach(&store, 10, &["likes coffee"]);
    let model = ScriptedModel::answering("merged");
    build(&store, no_days(), model.clone(), &clock, warm(true)).await.unwrap();
    assert_eq!(model.asked().len(), 1, "other inputs may succeed");
}

#[tokio::test]
async fn rule_37_a_day_that_is_being_made_or_failed_ages_no_more() {
    let aging = || {
        let store = InMemoryStore::default();
        set_ledger(&store, "2026-11-22", 2, 0);
        let built_at = "2026-11-22T11:10:00Z".parse().unwrap();
        let expires_at = Some("2026-11-22T12:10:00Z".parse().unwrap());
        store.put_summary(
            guild(),
            day("2026-11-22"),
            DaySummary { built_at, expires_at, ..summary(1, &[(10, "Ann sailed.")]) },
        );
        store
    };
    let handed_over = async |store: &InMemoryStore| {
        let functions = no_days();
        ask(store, &functions, &no_model(), &[10]).await.unwrap();
        functions.behind().len()
    };
    assert_eq!(handed_over(&aging()).await, 1);
    let (made, failed) = (aging(), aging());
    let on = LeaseOn::Day(day("2026-11-22"));
    let owner = LeaseOwner::new(NOW.parse().unwrap(), 1);
    let until = "2026-11-22T12:00:30Z".parse().unwrap();
    assert!(made.acquire(guild(), &on, &Lease { owner, until }, NOW.parse().unwrap()).await.unwrap());
    assert_eq!(handed_over(&made).await, 0);
    fail_build(&failed, on, None).await;
    assert_eq!(handed_over(&failed).await, 0);
}

/// An attempt that began at noon, and failed.
async fn fail_build(store: &InMemoryStore, on: LeaseOn, inputs: Option<String>) {
    let now = NOW.parse().unwrap();
    let owner = LeaseOwner::new(now, 7);
    let lease = Lease { owner: owner.clone(), until: now + SignedDuration::from_secs(30) };
    assert!(store.acquire(guild(), &on, &lease, now).await.unwrap());
    let error_type = "ModelUnavailable".to_owned();
    let failure = FailedAttempt { owner: owner.clone(), inputs, error_type, message: String::new() };
    store.release(guild(), &on, &owner, Some(&failure)).await.unwrap();
}
