//! What is asked, what fails, and what is answered then.

use super::*;
use crate::{
    contract::ErrorType,
    ports::{ModelError, ReadDay as _, TextsOf},
};

#[tokio::test]
async fn rule_14_messages_that_cannot_be_read_are_no_empty_day() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    store.fail_messages();
    let error = summarize(&store, &model, AFTER).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::StoreUnavailable);
    assert!(store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.is_none());
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn a_model_that_fails_leaves_nothing_behind() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let failures = [
        (ScriptedModel::failing(ModelError::RateLimited { retry_after: None }), ErrorType::RateLimited),
        (ScriptedModel::failing(ModelError::TooLong), ErrorType::ModelUnavailable),
        (ScriptedModel::answering("Sure! Here are your summaries."), ErrorType::ModelUnavailable),
    ];
    for (model, kind) in failures {
        assert_eq!(summarize(&store, &model, AFTER).await.err().unwrap().kind, kind);
        assert!(store.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.is_none());
    }
}

#[tokio::test]
async fn what_the_filter_refuses_is_kept_as_blocked_and_not_asked_again() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let model = ScriptedModel::failing(ModelError::Blocked { reason: "SAFETY".into() });
    for _ in 0..2 {
        let report = summarize(&store, &model, AFTER).await.unwrap();
        assert_eq!((report.status, report.blocked_messages), (DayStatus::Blocked, 1));
    }
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn only_who_was_asked_for_is_answered_and_a_rebuild_ignores_what_is_there() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    say(&store, "10:01", 11).await;
    let whom = |user_ids: &[u64], rebuild| DayRequest {
        user_ids: Some(user_ids.iter().map(|n| user(*n)).collect()),
        rebuild,
        ..request()
    };
    let clock = FixedClock::at(AFTER);
    let report = ask(&store, &model, &clock, whom(&[11, 99], false)).await.unwrap();
    assert_eq!(report.summaries.keys().copied().collect::<Vec<_>>(), [user(11)]);
    let rebuilt = ask(&store, &model, &clock, whom(&[], true)).await.unwrap();
    assert_eq!((rebuilt.status, rebuilt.summaries.len()), (DayStatus::Built, 0));
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn tomorrow_is_an_invalid_request() {
    let clock = FixedClock::at("2026-11-19T23:59:59Z");
    let error = ask(&InMemoryStore::default(), &model(), &clock, request()).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::InvalidRequest);
    assert!(error.message.starts_with("date: "), "{error}");
}
