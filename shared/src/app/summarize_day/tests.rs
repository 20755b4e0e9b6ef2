use serde_json::json;

use super::*;
use crate::{
    app::{ErrorType, ingest_messages::ingest_messages},
    domain::{GuildId, MessageId},
    ports::ModelError,
    testing::{FixedClock, InMemoryStore, ScriptedModel, ingest_deps, message_at},
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

const CHUNKS: ChunkLimits = ChunkLimits { messages: 800, tokens: 60_000 };

fn settings() -> Settings {
    Settings { settle: Duration::from_secs(1200), open_day_ttl: Duration::from_secs(3600), chunks: CHUNKS }
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
    ingest_messages(&ingest_deps(store, &FixedClock::at(now)), request).await.unwrap();
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

async fn ask(
    store: &InMemoryStore,
    model: &ScriptedModel,
    clock: &FixedClock,
    request: DayRequest,
) -> Result<DayReport, AppError> {
    let deps = Deps { store: store.clone(), model: model.clone(), clock: clock.clone(), settings: settings() };
    summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await
}

async fn summarize(store: &InMemoryStore, model: &ScriptedModel, now: &str) -> Result<DayReport, AppError> {
    ask(store, model, &FixedClock::at(now), request()).await
}

#[tokio::test]
async fn rule_2_an_open_day_expires_in_an_hour_and_a_closed_one_never() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let open = summarize(&store, &model(), DURING).await.unwrap();
    let in_an_hour: Timestamp = "2026-11-20T13:00:00Z".parse().unwrap();
    assert_eq!((open.status, open.expires_at), (DayStatus::Built, Some(in_an_hour.as_second())));
    ingest(&store, json!({"guild_id": "1", "messages": [wire("23:00", 10).1]}), AFTER).await;
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
    summarize(&store, &model, "2026-11-20T12:00:00Z").await.unwrap();
    say(&store, "11:00", 10).await;
    for (now, status, calls) in
        [("2026-11-20T12:59:59Z", DayStatus::Cached, 1), ("2026-11-20T13:00:00Z", DayStatus::Built, 2)]
    {
        assert_eq!(summarize(&store, &model, now).await.unwrap().status, status, "at {now}");
        assert_eq!(model.asked().len(), calls, "at {now}");
    }
}

#[tokio::test]
async fn rule_5_nothing_new_is_renewed_and_closed_without_a_model_call() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let model = model();
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap().as_second());
    for (now, status, expires_at) in [
        ("2026-11-20T12:00:00Z", DayStatus::Built, at("2026-11-20T13:00:00Z")),
        ("2026-11-20T13:30:00Z", DayStatus::Renewed, at("2026-11-20T14:30:00Z")),
        ("2026-11-20T14:00:00Z", DayStatus::Cached, at("2026-11-20T14:30:00Z")),
        ("2026-11-21T00:19:59Z", DayStatus::Renewed, at("2026-11-21T01:19:59Z")),
        ("2026-11-21T00:20:00Z", DayStatus::Renewed, None),
        ("2027-11-21T00:20:00Z", DayStatus::Cached, None),
    ] {
        let report = summarize(&store, &model, now).await.unwrap();
        assert_eq!((report.status, report.expires_at), (status, expires_at), "at {now}");
        assert_eq!(report.summaries[&user(10)], "1 messages", "at {now}");
    }
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn rule_4_what_was_read_before_the_day_closed_is_not_final_though_it_is_written_after() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let clock = FixedClock::at("2026-11-21T00:19:59Z");
    let slow = clock.clone();
    let model = ScriptedModel::new(move |_| {
        slow.set("2026-11-21T00:21:00Z");
        Ok(json!({"summaries": []}).to_string())
    });
    let report = ask(&store, &model, &clock, request()).await.unwrap();
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
        (ScriptedModel::failing(ModelError::TooLong), ErrorType::ModelUnavailable),
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

/// A lease of somebody else.
async fn leased(store: &InMemoryStore, until: &str) -> AttemptId {
    let owner = AttemptId::new(Timestamp::UNIX_EPOCH, 1);
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
    let committed = store.read_day(guild(), day()).await.unwrap().summary.unwrap();
    let stalled = DaySummary { texts: BTreeMap::new(), ..committed.clone() };
    assert_eq!(store.commit_summary(guild(), day(), &stalled, &late).await, Err(StoreError::Conflict));
    assert_eq!(store.read_day(guild(), day()).await.unwrap().summary, Some(committed));
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
            owner: AttemptId::new(Timestamp::UNIX_EPOCH, 2),
            until: "2026-11-21T00:21:30Z".parse().unwrap(),
        };
        let on = LeaseOn::Day(day());
        let acquired = other.acquire(guild(), &on, &taken, "2026-11-21T00:21:00Z".parse().unwrap());
        assert!(futures::executor::block_on(acquired).unwrap());
        Ok(json!({"summaries": []}).to_string())
    });
    assert_eq!(ask(&store, &model, &clock, request()).await.unwrap().status, DayStatus::Pending);
    let record = store.read_day(guild(), day()).await.unwrap();
    assert!(record.summary.is_none());
    assert!(record.making.lease.is_some(), "the other one's lease stands");
}

#[tokio::test]
async fn rule_8_a_failure_is_recorded_with_its_attempt_and_the_lease_is_free() {
    let store = InMemoryStore::default();
    say(&store, "10:00", 10).await;
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    summarize(&store, &ScriptedModel::failing(limited), AFTER).await.err().unwrap();
    let making = store.read_day(guild(), day()).await.unwrap().making;
    let failure = making.last_failure.unwrap();
    assert_eq!((failure.error_type.as_str(), making.lease), ("RateLimited", None));
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
                assert!(store.read_day(guild(), day()).await.unwrap().making.is_under_way(now));
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
