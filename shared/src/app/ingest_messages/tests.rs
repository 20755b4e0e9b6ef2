mod openness;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    app::decode,
    contract::{ErrorType, Rejected, Skipped},
    domain::{AllowedGuilds, Audience, GuildId, GuildSettings, Ledger, MessageId, OpenChannels, Person, UserId},
    ports::{KeepOpenChannels as _, ReadOpenChannels as _, ReadPeople as _, StoreError, WriteSettings as _},
    testing::{FixedClock, InMemoryStore, id_at, ingest_deps},
};

const NOW: &str = "2026-11-22T12:00:00Z";

fn id(day: &str, n: u64) -> MessageId {
    let noon = format!("{day}T10:00:00Z").parse().unwrap();
    id_at(noon, n)
}

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn message(id: MessageId, content: &str) -> Value {
    json!({"id": id.to_string(), "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": content})
}

async fn ingest(store: &InMemoryStore, event: Value) -> Result<IngestReport, AppError> {
    ingest_messages(&ingest_deps(store, &FixedClock::at(NOW)), decode(event)?).await
}

/// The ledger, without what others check with it.
fn ledger(store: &InMemoryStore, day: &str) -> Ledger {
    Ledger { fingerprint: None, purge_done: 0, authors: None, ..store.ledgers()[&(guild(), day.parse().unwrap())] }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { reason: "test".into() }
}

#[tokio::test]
async fn every_message_is_accounted_for() {
    let store = InMemoryStore::default();
    let batch = json!({"guild_id": "1", "messages": [
        message(id("2026-11-20", 1), "hello"),
        message(id("2026-11-21", 1), "again"),
        message(id("2026-11-21", 1), "the same id twice"),
        {"id": id("2026-11-21", 2), "channel_id": 7, "author": {"id": 11, "name": "Bot", "bot": true}, "content": "beep"},
        {"id": id("2026-11-21", 3), "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": " "},
        {"id": id("2026-11-21", 4), "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "attachments": ["a cat"]},
        message(id("2026-11-22", 9), "deleted at once"),
        {"id": "x", "channel_id": "7"},
    ], "deleted": [id("2026-11-22", 9), "y"]});
    let report = ingest(&store, batch.clone()).await.unwrap();
    let not_a_snowflake =
        "not a snowflake (a whole number from 1 to 9223372036854775807, as a decimal string)".to_owned();
    let rejected = |id: &str, reason: String| Rejected { id: id.into(), reason };
    let expected = IngestReport {
        stored: 3,
        unchanged: 1,
        skipped: Skipped { bot: 1, empty: 1, opted_out: 0, deleted: 1, channel: 0 },
        rejected: vec![rejected("x", format!("id: {not_a_snowflake}")), rejected("y", not_a_snowflake)],
        days_changed: vec!["2026-11-20".parse().unwrap(), "2026-11-21".parse().unwrap()],
        ..IngestReport::default()
    };
    assert_eq!(report, expected);

    let tables = (store.stored_messages(), store.ledgers());
    let again = ingest(&store, batch).await.unwrap();
    assert_eq!((again.stored, again.unchanged, again.days_changed), (0, 4, vec![]));
    assert!(tables == (store.stored_messages(), store.ledgers()), "sent again, nothing changes");
}

#[tokio::test]
async fn rule_1_each_message_goes_to_the_day_of_its_snowflake() {
    let store = InMemoryStore::default();
    let last: Timestamp = "2026-11-20T23:59:59.999Z".parse().unwrap();
    let first: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    let messages = [message(id_at(last, 4_194_303), "late"), message(id_at(first, 0), "early")];
    let report = ingest(&store, json!({"guild_id": "1", "messages": messages})).await.unwrap();
    assert_eq!(report.days_changed.iter().map(Day::to_string).collect::<Vec<_>>(), ["2026-11-20", "2026-11-21"]);
    assert_eq!((ledger(&store, "2026-11-20").message_count, ledger(&store, "2026-11-21").message_count), (1, 1));
}

#[tokio::test]
async fn rule_5_a_change_bumps_the_version_and_a_deletion_the_purged_version() {
    let store = InMemoryStore::default();
    let id = id("2026-11-20", 1);
    let edited = |content: &str, at: &str| {
        let mut message = message(id, content);
        message["edited_at"] = json!(at);
        json!({"guild_id": "1", "messages": [message]})
    };
    ingest(&store, json!({"guild_id": "1", "messages": [message(id, "a")]})).await.unwrap();
    assert_eq!(
        ledger(&store, "2026-11-20"),
        Ledger { version: 1, purged_version: 0, message_count: 1, ..Ledger::default() }
    );
    assert_eq!(ingest(&store, edited("b", "2026-11-20T11:00:00Z")).await.unwrap().updated, 1);
    assert_eq!(
        ledger(&store, "2026-11-20"),
        Ledger { version: 2, purged_version: 0, message_count: 1, ..Ledger::default() }
    );
    assert_eq!(ingest(&store, edited("stale", "2026-11-20T10:30:00Z")).await.unwrap().unchanged, 1);
    assert_eq!(ledger(&store, "2026-11-20").version, 2);
    store.note_all_read();
    let deletion = json!({"guild_id": "1", "deleted": [id]});
    assert_eq!(ingest(&store, deletion.clone()).await.unwrap().deleted, 1);
    assert_eq!(
        ledger(&store, "2026-11-20"),
        Ledger { version: 3, purged_version: 3, message_count: 0, ..Ledger::default() }
    );
    assert_eq!(ingest(&store, deletion).await.unwrap().deleted, 0);
    assert_eq!(ingest(&store, edited("c", "2026-11-20T12:00:00Z")).await.unwrap().skipped.deleted, 1);
    assert_eq!(ledger(&store, "2026-11-20").version, 3);
}

/// 350 messages of three days, and a deletion.
fn large_batch() -> Value {
    let days = [("2026-11-20", 250), ("2026-11-21", 99), ("2026-11-22", 1)];
    let messages: Vec<Value> =
        days.iter().flat_map(|(day, count)| (1..=*count).map(|n| message(id(day, n), &format!("{n}")))).collect();
    json!({"guild_id": "1", "messages": messages, "deleted": [id("2026-11-20", 1_000)]})
}

#[tokio::test]
async fn rule_5_a_crash_at_any_point_and_the_batch_again_end_in_the_same_tables() {
    let undisturbed = InMemoryStore::default();
    ingest(&undisturbed, large_batch()).await.unwrap();
    let transactions = 5;
    for crash_at in 0..transactions {
        let store = InMemoryStore::default();
        store.script_transactions((0..crash_at).map(|_| None).chain([Some(unavailable())]));
        let error = ingest(&store, large_batch()).await.unwrap_err();
        assert_eq!(error.kind, ErrorType::StoreUnavailable);
        ingest(&store, large_batch()).await.unwrap();
        assert!(store.stored_messages() == undisturbed.stored_messages(), "crash at {crash_at}");
        assert_eq!(store.ledgers(), undisturbed.ledgers(), "crash at {crash_at}");
    }
    undisturbed.script_transactions([Some(unavailable())]);
    assert_eq!(ingest(&undisturbed, large_batch()).await.unwrap().unchanged, 350, "no transaction is left to crash");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_planned_anew_and_counted_once() {
    let store = InMemoryStore::default();
    let conflict = || Some(StoreError::Conflict);
    store.script_transactions([None, conflict(), None, conflict(), conflict(), None]);
    let report = ingest(&store, large_batch()).await.unwrap();
    assert_eq!((report.stored, report.unchanged), (350, 0));
    assert_eq!(store.stored_messages().len(), 351);
}

#[tokio::test(start_paused = true)]
async fn endless_conflicts_are_said_and_nothing_is_lost() {
    let store = InMemoryStore::default();
    store.script_transactions((0..100).map(|_| Some(StoreError::Conflict)));
    let error = ingest(&store, json!({"guild_id": "1", "messages": [message(id("2026-11-20", 1), "a")]})).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, ErrorType::Throttled);
    assert!(error.message.contains("send the same request again"), "{error}");
}

#[tokio::test]
async fn rule_3_a_message_that_expired_is_as_good_as_gone() {
    let store = InMemoryStore::default();
    let event = json!({"guild_id": "1", "messages": [message(id("2026-11-20", 1), "a")]});
    let at = |now: &str| FixedClock::at(now);
    for (now, stored) in [("2026-11-20T12:00:00Z", 1), ("2026-12-20T11:59:59Z", 0), ("2026-12-20T12:00:00Z", 1)] {
        let report = ingest_messages(&ingest_deps(&store, &at(now)), decode(event.clone()).unwrap()).await.unwrap();
        assert_eq!((report.stored, report.unchanged), (stored, 1 - stored), "at {now}");
    }
}

#[tokio::test]
async fn who_opted_out_is_left_out() {
    let store = InMemoryStore::default();
    let ann: UserId = "10".parse().unwrap();
    store.put_person(guild(), ann, Person { opted_out: true, ..Person::default() });
    let event = json!({"guild_id": "1", "messages": [message(id("2026-11-20", 1), "a")]});
    let report = ingest(&store, event).await.unwrap();
    assert_eq!((report.stored, report.skipped.opted_out), (0, 1));
    assert!(store.stored_messages().is_empty() && store.ledgers().is_empty());
}

#[tokio::test]
async fn only_what_is_in_the_channels_of_the_guild_is_kept_and_as_long_as_it_decided() {
    let store = InMemoryStore::default();
    let settings =
        GuildSettings { channels: ["7".parse().unwrap()].into(), retention_days: Some(14), ..GuildSettings::default() };
    store.replace_settings(guild(), &settings).await.unwrap();
    let within = |n: u64, channel: &str, parent: Option<&str>| {
        let mut message = message(id("2026-11-20", n), "a");
        message["channel_id"] = json!(channel);
        message["parent_channel_id"] = json!(parent);
        message
    };
    let messages = [within(1, "7", None), within(2, "70", Some("7")), within(3, "8", None), within(4, "80", Some("8"))];
    let report = ingest(&store, json!({"guild_id": "1", "messages": messages})).await.unwrap();
    assert_eq!((report.stored, report.skipped.channel), (2, 2));
    let kept_until: Vec<String> =
        store.stored_messages().values().map(|stored| stored.expires_at.to_string()).collect();
    assert_eq!(kept_until, ["2026-12-06T12:00:00Z"; 2]);
    let elsewhere = ingest(&store, json!({"guild_id": "2", "messages": messages})).await.unwrap();
    assert_eq!(elsewhere.stored, 4, "another guild decided nothing");
}

#[tokio::test]
async fn names_are_noted_when_they_are_new() {
    let store = InMemoryStore::default();
    for (name, n) in [("Ann", 2), ("Annika", 3), ("Older Ann", 1)] {
        let mut message = message(id("2026-11-20", n), "a");
        message["author"]["name"] = json!(name);
        ingest(&store, json!({"guild_id": "1", "messages": [message]})).await.unwrap();
    }
    let ann: UserId = "10".parse().unwrap();
    let person = store.people(guild(), &[ann]).await.unwrap().remove(&ann).unwrap();
    assert_eq!(person.name(), Some("Annika"));
    assert_eq!(person.names, BTreeSet::from(["Ann".to_owned(), "Annika".to_owned()]));
}

async fn name(store: &InMemoryStore) -> Option<String> {
    let ann: UserId = "10".parse().unwrap();
    store.people(guild(), &[ann]).await.unwrap()[&ann].name().map(str::to_owned)
}

#[tokio::test]
async fn rule_32_a_message_without_its_member_changes_no_nick() {
    let store = InMemoryStore::default();
    let cases = [
        (json!({"nick": " The \n Captain ", "roles": ["5"], "joined_at": null}), "Ann", "The Captain"),
        (Value::Null, "Ann", "The Captain"),
        (Value::Null, "Anna", "The Captain"),
        (json!({"nick": "n".repeat(101)}), "Anna", &format!("{}…", "n".repeat(99))),
        (json!({"nick": " "}), "Anna", "Anna"),
        (json!({"nick": "Cook"}), "Anna", "Cook"),
        (json!({}), "Anna", "Anna"),
        (Value::Null, "Ann", "Ann"),
    ];
    for (n, (member, account, shown)) in (1..).zip(cases) {
        let mut message = message(id("2026-11-20", n), "a");
        (message["member"], message["author"]["name"]) = (member.clone(), json!(account));
        let report = ingest(&store, json!({"guild_id": "1", "messages": [message]})).await.unwrap();
        assert_eq!((report.stored, name(&store).await.as_deref()), (1, Some(shown)), "{member}");
    }
}

#[tokio::test]
async fn rule_32_of_a_message_that_is_left_out_nothing_is_noted() {
    let store = InMemoryStore::default();
    let mut empty = message(id("2026-11-20", 1), " ");
    empty["member"] = json!({"nick": "Captain"});
    let report = ingest(&store, json!({"guild_id": "1", "messages": [empty]})).await.unwrap();
    assert_eq!((report.skipped.empty, name(&store).await), (1, None));
}

#[tokio::test]
async fn rule_32_in_one_batch_the_last_that_is_said_of_each_name_counts() {
    let store = InMemoryStore::default();
    let said = |n: u64, account: &str, member: Value| {
        let mut message = message(id("2026-11-20", n), "a");
        (message["member"], message["author"]["name"]) = (member, json!(account));
        message
    };
    let messages = [
        said(3, "Anna", Value::Null),
        said(2, "Ann", json!({"nick": "Captain"})),
        said(1, "Ann", json!({"nick": "Cook"})),
    ];
    ingest(&store, json!({"guild_id": "1", "messages": messages})).await.unwrap();
    assert_eq!(name(&store).await.as_deref(), Some("Captain"));
    let names: Vec<String> =
        store.stored_messages().into_values().map(|one| one.message.unwrap().author.name).collect();
    assert_eq!(names, ["Ann", "Ann", "Anna"], "a message keeps its author's account");
}

#[tokio::test]
async fn the_limits_are_named_and_rule_21_content_is_not_repeated() {
    let store = InMemoryStore::default();
    let many = vec![message(id("2026-11-20", 1), "a"); 5_001];
    let error = ingest(&store, json!({"guild_id": "1", "messages": many})).await.unwrap_err();
    assert_eq!(error.message, "messages: at most 5000 messages and deletions in a call, but there are 5001");

    let with = |field: &str, value: Value| {
        let mut message = message(id("2026-11-20", 1), "a");
        message[field] = value;
        message
    };
    let soon = id_at("2026-11-22T12:05:00.001Z".parse().unwrap(), 1);
    let hush = json!({"hush": "hush"});
    let wrong = [
        (message(soon, "a"), "id: lies more than 5 minutes in the future"),
        (with("content", hush.clone()), "content: expected a string"),
        (with("edited_at", json!("hush")), "edited_at: not a time (2026-11-22T09:14:00Z)"),
        (with("author", json!({"id": "10"})), "author: missing field `name`"),
        (with("author", json!({"id": "10", "name": " "})), "author.name: must not be blank"),
        (with("mentions", json!([{"id": "hush", "name": "x"}])), "mentions[0].id: not a snowflake"),
        (with("id", json!("some hush text")), "id: not a snowflake"),
        (json!("hush"), "the request must be a JSON object"),
    ];
    for (message, reason) in wrong {
        let report = ingest(&store, json!({"guild_id": "1", "messages": [message]})).await.unwrap();
        let said = &report.rejected[0];
        assert!(said.reason.starts_with(reason), "{:?} is not {reason}", said.reason);
        assert!(!said.reason.contains("hush") && !said.id.contains("hush"), "{said:?}");
    }
    assert!(store.stored_messages().is_empty());
    let in_time = message(id_at("2026-11-22T12:05:00Z".parse().unwrap(), 1), "a");
    assert_eq!(ingest(&store, json!({"guild_id": "1", "messages": [in_time]})).await.unwrap().stored, 1);
}

/// One call: versions of messages and deletions, and what the store does to its transactions.
#[derive(Debug, Clone)]
struct Call {
    versions: Vec<(u64, u64)>,
    deleted: Vec<u64>,
    failures: Vec<Option<bool>>,
}

fn call() -> impl Strategy<Value = Call> {
    let versions = prop::collection::vec((1..8u64, 0..4u64), 0..6);
    let deleted = prop::collection::vec(1..8u64, 0..2);
    let failures = prop::collection::vec(prop::option::of(any::<bool>()), 0..4);
    (versions, deleted, failures).prop_map(|(versions, deleted, failures)| Call { versions, deleted, failures })
}

fn event(call: &Call) -> Value {
    let day = |n: u64| if n.is_multiple_of(2) { "2026-11-20" } else { "2026-11-21" };
    let version = |(n, edit): &(u64, u64)| {
        let mut message = message(id(day(*n), *n), &format!("{n} edited {edit}"));
        if *edit > 0 {
            message["edited_at"] = json!(format!("2026-11-22T11:00:0{edit}Z"));
        }
        message
    };
    let messages: Vec<Value> = call.versions.iter().map(version).collect();
    let deleted: Vec<MessageId> = call.deleted.iter().map(|n| id(day(*n), *n)).collect();
    json!({"guild_id": "1", "messages": messages, "deleted": deleted})
}

proptest! {
    /// Whatever is sent in whatever order, conflicts and crashes included: each message ends in its latest edit, or deleted.
    #[test]
    fn rule_5_any_order_any_number_of_times_ends_in_the_same_messages(calls in prop::collection::vec(call(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let store = InMemoryStore::default();
        runtime.block_on(async {
            for call in &calls {
                let failure = |crash: bool| if crash { unavailable() } else { StoreError::Conflict };
                store.script_transactions(call.failures.iter().map(|one| one.map(failure)));
                while ingest(&store, event(call)).await.is_err() {}
            }
        });
        let deleted: BTreeSet<u64> = calls.iter().flat_map(|call| call.deleted.clone()).collect();
        let mut latest: BTreeMap<u64, u64> = BTreeMap::new();
        for (n, edit) in calls.iter().flat_map(|call| call.versions.clone()) {
            let known = latest.entry(n).or_default();
            *known = edit.max(*known);
        }
        latest.retain(|n, _| !deleted.contains(n));
        let expected: BTreeSet<String> = latest.iter().map(|(n, edit)| format!("{n} edited {edit}")).collect();
        let stored = store.stored_messages();
        let kept = stored.values().filter_map(|stored| stored.message.as_ref());
        prop_assert_eq!(kept.map(|message| message.body.content.clone()).collect::<BTreeSet<_>>(), expected);
        let counted: u64 = store.ledgers().values().map(|ledger| ledger.message_count).sum();
        prop_assert_eq!(counted, latest.len() as u64);
    }
}
