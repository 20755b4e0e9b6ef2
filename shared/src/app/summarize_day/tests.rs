use serde_json::json;

use super::*;
use crate::{
    app::{ErrorType, ingest_messages::ingest_messages},
    domain::{GuildId, MessageId},
    testing::{FixedClock, InMemoryStore, ScriptedModel, message_at},
};

const DURING: &str = "2026-11-20T12:00:00Z";
const AFTER: &str = "2026-11-21T00:20:00Z";

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn day() -> Day {
    "2026-11-20".parse().unwrap()
}

fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

fn settings() -> Settings {
    Settings { settle: Duration::from_secs(1200), open_day_ttl: Duration::from_secs(3600) }
}

fn request() -> DayRequest {
    DayRequest { guild_id: guild(), date: day(), user_ids: None, rebuild: false }
}

/// One text for each of the first three members, with the number of messages the model was shown.
fn model() -> ScriptedModel {
    ScriptedModel::new(|prompt| {
        let messages = prompt.data.matches("<message ").count();
        let summary = |n: usize| json!({"member": format!("m{n}"), "summary": format!("{messages} messages")});
        Ok(json!({"summaries": [summary(1), summary(2), summary(3)]}).to_string())
    })
}

async fn ingest(store: &InMemoryStore, event: serde_json::Value, now: &str) {
    let request = crate::app::decode(event).unwrap();
    ingest_messages(store, &FixedClock::at(now), 30, request).await.unwrap();
}

fn wire(time: &str, author: u64) -> (MessageId, serde_json::Value) {
    let id = message_at(day(), time, author, "x", "").id;
    let author = json!({"id": author, "name": format!("member {author}")});
    (id, json!({"id": id, "channel_id": "7", "author": author, "content": "hello"}))
}

async fn say(store: &InMemoryStore, time: &str, author: u64) -> MessageId {
    let (id, message) = wire(time, author);
    ingest(store, json!({"guild_id": "1", "messages": [message]}), DURING).await;
    id
}

async fn summarize(store: &InMemoryStore, model: &ScriptedModel, now: &str) -> Result<DayReport, AppError> {
    summarize_day(store, model, &FixedClock::at(now), settings(), request()).await
}

#[tokio::test]
async fn rule_2_an_open_day_expires_in_an_hour_and_a_closed_one_never() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let open = summarize(&store, &model(), DURING).await.unwrap();
    let in_an_hour: Timestamp = "2026-11-20T13:00:00Z".parse().unwrap();
    assert_eq!((open.status, open.expires_at), (DayStatus::Built, Some(in_an_hour.as_second())));
    let closed = summarize(&store, &model(), AFTER).await.unwrap();
    assert_eq!((closed.status, closed.expires_at), (DayStatus::Built, None));
    let forever = summarize(&store, &model(), "2027-11-20T00:00:00Z").await.unwrap();
    assert_eq!(forever.status, DayStatus::Cached);
}

#[tokio::test]
async fn rule_3_an_expired_summary_is_made_again_though_it_is_still_there() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let model = model();
    for (now, status, calls) in [
        ("2026-11-20T12:00:00Z", DayStatus::Built, 1),
        ("2026-11-20T12:59:59Z", DayStatus::Cached, 1),
        ("2026-11-20T13:00:00Z", DayStatus::Built, 2),
    ] {
        assert_eq!(summarize(&store, &model, now).await.unwrap().status, status, "at {now}");
        assert_eq!(model.asked().len(), calls, "at {now}");
    }
}

#[tokio::test]
async fn what_was_read_before_the_day_closed_is_not_final_though_it_is_written_after() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let clock = FixedClock::at("2026-11-21T00:19:59Z");
    let slow = clock.clone();
    let model = ScriptedModel::new(move |_| {
        slow.set("2026-11-21T00:21:00Z");
        Ok(json!({"summaries": []}).to_string())
    });
    let report = summarize_day(&store, &model, &clock, settings(), request()).await.unwrap();
    assert!(report.expires_at.is_some());
}

#[tokio::test]
async fn rule_5_messages_that_arrive_during_a_build_repair_the_day_afterwards() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let meanwhile = store.clone();
    let model = ScriptedModel::new(move |prompt| {
        let ledger = meanwhile.ledgers()[&(guild(), day())];
        if ledger.version == 1 {
            meanwhile.put_ledger(guild(), day(), Ledger { version: 2, ..ledger });
        }
        Ok(json!({"summaries": [{"member": "m1", "summary": prompt.data.len().to_string()}]}).to_string())
    });
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Built);
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Built, "version 1 is not 2");
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Cached);
}

#[tokio::test]
async fn rule_5_a_late_message_and_a_deletion_repair_a_closed_day() {
    let store = InMemoryStore::default();
    let model = model();
    let id = say(&store, "10:00", 10).await;
    let text = |report: DayReport| report.summaries[&user(10)].clone();
    assert_eq!(text(summarize(&store, &model, AFTER).await.unwrap()), "1 messages");
    ingest(&store, json!({"guild_id": "1", "messages": [wire("23:59", 10).1]}), AFTER).await;
    assert_eq!(text(summarize(&store, &model, AFTER).await.unwrap()), "2 messages");
    ingest(&store, json!({"guild_id": "1", "deleted": [id]}), AFTER).await;
    assert_eq!(text(summarize(&store, &model, AFTER).await.unwrap()), "1 messages");
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Cached);
    assert_eq!(model.asked().len(), 3);
}

#[tokio::test]
async fn rule_6_no_ledger_no_model_call() {
    let (store, model) = (InMemoryStore::default(), model());
    let report = summarize(&store, &model, AFTER).await.unwrap();
    assert_eq!((report.status, report.summaries.len()), (DayStatus::Empty, 0));
    let id = say(&store, "10:00", 10).await;
    ingest(&store, json!({"guild_id": "1", "deleted": [id]}), DURING).await;
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Empty);
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn rule_6_a_day_whose_messages_have_begun_to_expire_is_never_rebuilt() {
    let (store, model) = (InMemoryStore::default(), model());
    let first = say(&store, "10:00", 10).await;
    say(&store, "11:00", 10).await;
    summarize(&store, &model, AFTER).await.unwrap();
    let (_, late) = wire("12:00", 11);
    ingest(&store, json!({"guild_id": "1", "messages": [late]}), "2026-12-19T00:00:00Z").await;

    for swept in [false, true] {
        if swept {
            store.sweep(guild(), first);
        }
        let report = summarize(&store, &model, "2026-12-21T00:00:00Z").await.unwrap();
        assert_eq!((report.status, &*report.summaries[&user(10)]), (DayStatus::Cached, "2 messages"));
    }
    ingest(&store, json!({"guild_id": "1", "deleted": [wire("12:00", 11).0]}), "2026-12-21T00:00:00Z").await;
    let purged = summarize(&store, &model, "2026-12-21T00:00:00Z").await.unwrap();
    assert_eq!((purged.status, purged.summaries.len()), (DayStatus::Empty, 0), "a purge removes its texts");
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn rule_14_messages_that_cannot_be_read_are_no_empty_day() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    store.fail_messages();
    let error = summarize(&store, &model, AFTER).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::StoreUnavailable);
    assert!(store.read_day(guild(), day()).await.unwrap().summary.is_none());
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn a_model_that_fails_leaves_nothing_behind() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let failures = [
        (ScriptedModel::failing(ModelError::RateLimited { retry_after: None }), ErrorType::RateLimited),
        (ScriptedModel::failing(ModelError::Truncated), ErrorType::ModelUnavailable),
        (ScriptedModel::answering("Sure! Here are your summaries."), ErrorType::ModelUnavailable),
    ];
    for (model, kind) in failures {
        assert_eq!(summarize(&store, &model, AFTER).await.err().unwrap().kind, kind);
        assert!(store.read_day(guild(), day()).await.unwrap().summary.is_none());
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
    let ask = |user_ids: &[u64], rebuild| DayRequest {
        user_ids: Some(user_ids.iter().map(|n| user(*n)).collect()),
        rebuild,
        ..request()
    };
    let clock = FixedClock::at(AFTER);
    let report = summarize_day(&store, &model, &clock, settings(), ask(&[11, 99], false)).await.unwrap();
    assert_eq!(report.summaries.keys().copied().collect::<Vec<_>>(), [user(11)]);
    let rebuilt = summarize_day(&store, &model, &clock, settings(), ask(&[], true)).await.unwrap();
    assert_eq!((rebuilt.status, rebuilt.summaries.len()), (DayStatus::Built, 0));
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn tomorrow_is_an_invalid_request() {
    let clock = FixedClock::at("2026-11-19T23:59:59Z");
    let error = summarize_day(&InMemoryStore::default(), &model(), &clock, settings(), request()).await.err().unwrap();
    assert_eq!(error.kind, ErrorType::InvalidRequest);
    assert!(error.message.starts_with("date: "), "{error}");
}

#[tokio::test]
async fn a_later_summary_committed_meanwhile_counts() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let other = DaySummary {
        texts: BTreeMap::from([(user(10), "the later one".to_owned())]),
        status: SummaryStatus::Built,
        version: 9,
        built_at: AFTER.parse().unwrap(),
        expires_at: None,
        model: String::new(),
        prompt_hash: String::new(),
        tokens: 0,
        blocked_messages: 0,
    };
    store.commit_summary(guild(), day(), &other).await.unwrap();
    let report = summarize(&store, &model(), AFTER).await.unwrap();
    assert_eq!((report.status, &*report.summaries[&user(10)]), (DayStatus::Cached, "the later one"));
}
