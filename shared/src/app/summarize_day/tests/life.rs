//! How long a summary lives, and what makes it anew (DESIGN rules 2 to 6).

use serde_json::json;

use super::*;
use crate::domain::Ledger;
use jiff::Timestamp;

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
async fn rule_46_a_day_whose_summary_has_ended_is_empty_whatever_is_kept_of_it() {
    let (store, model) = (InMemoryStore::default(), model());
    say(&store, "10:00", 10).await;
    assert_eq!(summarize(&store, &model, AFTER).await.unwrap().status, DayStatus::Built);
    let ask = async |now: &str, rebuild: bool| {
        let retention = crate::domain::SummaryRetention::of_days(7);
        let deps = Deps {
            memory: store.clone(),
            messages: store.clone(),
            model: model.clone(),
            clock: FixedClock::at(now),
            settings: Settings { retention, ..settings() },
            discord_guilds: BTreeSet::new(),
        };
        let request = DayRequest { rebuild, ..request() };
        summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await.unwrap()
    };
    assert_eq!(ask("2026-11-27T23:59:59Z", false).await.status, DayStatus::Cached);
    for rebuild in [false, true] {
        let report = ask("2026-11-28T00:00:00Z", rebuild).await;
        assert_eq!((report.status, report.summaries.len()), (DayStatus::Empty, 0));
    }
    let without_an_end = summarize(&store, &model, "2026-11-28T00:00:00Z").await.unwrap();
    assert_eq!(without_an_end.status, DayStatus::Cached, "it is there still");
    assert_eq!(model.asked().len(), 1);
}
