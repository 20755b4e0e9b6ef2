//! The contract. `messages` and `memory` are two views of one store.

mod chunks;
mod guilds;
mod messages;
mod models;
mod people;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

use guild_memory::{
    domain::{
        AttemptId, ChannelId, Cursor, Day, DayRecord, DaySummary, Fact, FactId, FailedAttempt, GuildId, GuildSettings,
        Lease, Ledger, Memory, Mention, Message, MessageId, Person, Review, StoredMessage, SummaryStatus, Teachers,
        Usage, UserId, Viewers, batch::Change,
    },
    ports::{
        ChannelsOfDay, ClaimInteractions, CommitDaySummary, CommitMemory, CoolModels, DayChange, HoldLeases,
        KeepChunks, KeepCursors, LeaseOn, PersonRecord, PurgeDay, ReadChannelsOfDay, ReadDay, ReadMessages, ReadPeople,
        ReadSettings, ReadWindow, RecordNames, SpendBudget, StoreError, TeachPeople, WriteMessages, WriteSettings,
    },
    testing::{id_at, message_at},
};
use jiff::{SignedDuration, Timestamp};

pub(crate) use chunks::*;
pub(crate) use guilds::*;
pub(crate) use messages::*;
pub(crate) use models::*;
pub(crate) use people::*;

pub(crate) trait MessagesSide:
    ReadDay
    + ReadMessages
    + CommitDaySummary
    + HoldLeases
    + KeepChunks
    + KeepCursors
    + PurgeDay
    + WriteMessages
    + ReadPeople
    + RecordNames
    + ReadSettings
    + ReadChannelsOfDay
{
}
impl<S> MessagesSide for S where
    S: ReadDay
        + ReadMessages
        + CommitDaySummary
        + HoldLeases
        + KeepChunks
        + KeepCursors
        + PurgeDay
        + WriteMessages
        + ReadPeople
        + RecordNames
        + ReadSettings
        + ReadChannelsOfDay
{
}

pub(crate) trait MemorySide:
    ReadDay
    + ReadWindow
    + HoldLeases
    + CommitMemory
    + TeachPeople
    + CoolModels
    + SpendBudget
    + WriteSettings
    + ClaimInteractions
{
}
impl<S> MemorySide for S where
    S: ReadDay
        + ReadWindow
        + HoldLeases
        + CommitMemory
        + TeachPeople
        + CoolModels
        + SpendBudget
        + WriteSettings
        + ClaimInteractions
{
}

pub(crate) fn guild() -> GuildId {
    "998100000000000001".parse().unwrap()
}

pub(crate) fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

pub(crate) fn day() -> Day {
    "2026-11-20".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn expiry() -> Timestamp {
    at("2026-12-20T12:00:00Z")
}

pub(crate) fn message(n: u64, content: &str) -> Message {
    let mut message = message_at(day(), "10:00", 10, "Ann", content);
    message.id = id_at(day().start() + SignedDuration::from_hours(10), n);
    message
}

/// Applies changes on top of the ledger that is there, as ingest does.
pub(crate) async fn apply<S: WriteMessages>(
    store: &S,
    changes: &[Change],
    expires_at: Timestamp,
) -> Result<Option<Ledger>, StoreError> {
    let ids: Vec<MessageId> = changes.iter().map(Change::id).collect();
    let stored = store.stored_day(guild(), day(), &ids).await?;
    let next = stored.ledger.unwrap_or_default().after(changes, false);
    let change = DayChange { changes, seen: stored.ledger, next, now: now(), expires_at, stored: &stored.messages };
    store.change_day(guild(), day(), change).await?;
    Ok(next)
}

pub(crate) fn summary(version: u64, texts: BTreeMap<UserId, String>) -> DaySummary {
    DaySummary {
        texts,
        status: SummaryStatus::Built,
        version,
        built_at: at("2026-11-21T00:30:00.5Z"),
        expires_at: None,
        model: "gemini:test".into(),
        prompt_hash: "abc".into(),
        usage: Usage { prompt_tokens: 400, output_tokens: 12, thought_tokens: 100, calls: 2, retries: 1, failures: 1 },
        blocked_messages: 0,
    }
}

fn texts(people: u64, text: &str) -> BTreeMap<UserId, String> {
    (1..=people).map(|n| (user(n), format!("{n}: {text}"))).collect()
}

pub(crate) fn attempt(n: u128) -> AttemptId {
    AttemptId::new(now(), n)
}

fn lease(n: u128, until: &str) -> Lease {
    Lease { owner: attempt(n), until: at(until) }
}

const LONG: &str = "2026-11-20T12:00:30Z";

/// Commits a summary under a lease of its own, on a day that has a ledger.
pub(crate) async fn commit<S: MessagesSide>(messages: &S, summary: &DaySummary) -> Result<(), StoreError> {
    if messages.read_day(guild(), day()).await?.ledger.is_none() {
        apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await?;
    }
    // Attempts have names of their own, the later ones the larger.
    static ATTEMPTS: AtomicU64 = AtomicU64::new(1_000);
    let n = u128::from(ATTEMPTS.fetch_add(1, Ordering::SeqCst));
    assert!(messages.acquire(guild(), &LeaseOn::Day(day()), &lease(n, LONG), now()).await?);
    messages.commit_summary(guild(), day(), summary, &attempt(n)).await
}

pub(crate) async fn a_final_summary_has_no_end_and_an_open_one_has<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let open = DaySummary { expires_at: Some(at("2026-11-21T01:30:00Z")), ..summary(1, texts(2, "sailed")) };
    commit(messages, &open).await.unwrap();
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().summary, Some(open));
    let closed = DaySummary {
        status: SummaryStatus::Blocked,
        texts: BTreeMap::new(),
        blocked_messages: 7,
        ..summary(1, BTreeMap::new())
    };
    commit(messages, &closed).await.unwrap();
    assert_eq!(messages.read_day(guild(), day()).await.unwrap().summary, Some(closed));
}

pub(crate) async fn rule_5_a_summary_is_renewed_unless_it_is_another_by_now<S: MessagesSide, M: MemorySide>(
    messages: &S,
    _: &M,
) {
    let open = DaySummary { expires_at: Some(at("2026-11-20T12:30:00Z")), ..summary(1, texts(2, "sailed")) };
    commit(messages, &open).await.unwrap();
    for expires_at in [Some(at("2026-11-20T13:30:00Z")), None] {
        messages.renew_summary(guild(), day(), &open, expires_at).await.unwrap();
        let there = messages.read_day(guild(), day()).await.unwrap().summary;
        assert_eq!(there, Some(DaySummary { expires_at, ..open.clone() }));
    }
    let other = DaySummary { built_at: at("2026-11-20T11:00:00Z"), ..open };
    assert_eq!(messages.renew_summary(guild(), day(), &other, None).await, Err(StoreError::Conflict));
    let elsewhere = day().days_before(1);
    assert_eq!(messages.renew_summary(guild(), elsewhere, &other, None).await, Err(StoreError::Conflict));
}

pub(crate) async fn rule_8_one_lease_at_a_time_until_it_runs_out<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let on = LeaseOn::Day(day());
    assert!(!messages.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap(), "no ledger, nothing to build");
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    assert!(messages.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    assert!(!messages.acquire(guild(), &on, &lease(2, LONG), now()).await.unwrap(), "it is held");
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().making.lease, Some(lease(1, LONG)));

    messages.renew(guild(), &on, &lease(1, "2026-11-20T12:00:40Z")).await.unwrap();
    assert!(!messages.acquire(guild(), &on, &lease(2, LONG), at(LONG)).await.unwrap(), "it was renewed");
    let later = "2026-11-20T12:01:10Z";
    assert!(messages.acquire(guild(), &on, &lease(2, later), at("2026-11-20T12:00:40Z")).await.unwrap(), "it ran out");

    let stale = messages.renew(guild(), &on, &lease(1, later)).await;
    assert_eq!(stale, Err(StoreError::Conflict));
    let refused = messages.commit_summary(guild(), day(), &summary(1, texts(1, "late")), &attempt(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "the late writer is fenced");
    messages.release(guild(), &on, &attempt(1), None).await.unwrap();
    let record = memory.read_day(guild(), day()).await.unwrap();
    assert_eq!((record.summary, record.making.lease), (None, Some(lease(2, later))), "another's lease is left alone");

    messages.commit_summary(guild(), day(), &summary(1, texts(1, "in time")), &attempt(2)).await.unwrap();
    let record = memory.read_day(guild(), day()).await.unwrap();
    assert_eq!((record.summary.is_some(), record.making.lease), (true, None), "the commit drops the lease");
}

pub(crate) async fn rule_8_a_failure_stays_with_its_attempt<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    let hash = "inputs".to_owned();
    for on in [LeaseOn::Day(day()), LeaseOn::Memory(user(10), hash)] {
        assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
        let failure = FailedAttempt {
            attempt: attempt(1),
            inputs: Some("in".into()),
            error_type: "RateLimited".into(),
            message: "retry in 20 s".into(),
        };
        memory.release(guild(), &on, &attempt(1), Some(&failure)).await.unwrap();
        assert!(memory.acquire(guild(), &on, &lease(2, LONG), now()).await.unwrap());
        memory.release(guild(), &on, &attempt(2), None).await.unwrap();
        let mut window = memory.read_window(guild(), &[day()], &[user(10)]).await;
        let making = match on {
            LeaseOn::Day(day) => window.days.remove(&day).unwrap().unwrap().making,
            LeaseOn::Memory(user, _) => window.people.remove(&user).unwrap().unwrap().making,
        };
        assert_eq!((making.lease, making.last_failure), (None, Some(failure)));
    }
}

pub(crate) async fn rule_9_a_lease_on_a_memory_is_tied_to_its_inputs<S: MessagesSide, M: MemorySide>(
    _: &S,
    memory: &M,
) {
    let on = |inputs: &str| LeaseOn::Memory(user(10), inputs.to_owned());
    assert!(memory.acquire(guild(), &on("a"), &lease(1, LONG), now()).await.unwrap());
    assert!(!memory.acquire(guild(), &on("b"), &lease(2, LONG), now()).await.unwrap(), "one merge at a time");
    let merged = Memory { input_hash: "a".into(), day_versions: BTreeMap::new(), ..merged() };
    assert_eq!(memory.commit_memory(guild(), user(10), &merged, &attempt(2)).await, Err(StoreError::Conflict));
    memory.commit_memory(guild(), user(10), &merged, &attempt(1)).await.unwrap();
    assert!(!memory.acquire(guild(), &on("a"), &lease(3, LONG), now()).await.unwrap(), "it is there");
    let expired = at("2026-11-27T12:00:00Z");
    assert!(memory.acquire(guild(), &on("a"), &lease(3, "2026-11-27T12:00:30Z"), expired).await.unwrap(), "it expired");
    memory.release(guild(), &on("a"), &attempt(3), None).await.unwrap();
    assert!(memory.acquire(guild(), &on("b"), &lease(4, LONG), now()).await.unwrap(), "other inputs");
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let record = window.people[&user(10)].as_ref().unwrap();
    assert_eq!(record.memory, Some(merged), "the last one stays until the next is there");
    assert_eq!(record.making.lease, Some(lease(4, LONG)));
}

pub(crate) async fn rule_19_a_deletion_fences_commits_and_a_purge_leaves_no_words<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let change = [Change::Store(message(1, "hi")), Change::Store(message(2, "ho"))];
    apply(messages, &change, expiry()).await.unwrap();
    commit(messages, &summary(1, BTreeMap::from([(user(7_777), "an earlier summary".to_owned())]))).await.unwrap();
    let from_before = summary(1, texts(1_000, &"a".repeat(1_500)));
    commit(messages, &from_before).await.unwrap();
    let on = |n: u64| LeaseOn::Memory(user(n), "inputs".to_owned());
    let used = |version| Memory { day_versions: BTreeMap::from([(day(), version)]), ..merged() };
    for n in [1, 7_777] {
        assert!(memory.acquire(guild(), &on(n), &lease(1, LONG), now()).await.unwrap());
        memory.commit_memory(guild(), user(n), &used(1), &attempt(1)).await.unwrap();
    }
    apply(messages, &[Change::Delete(message(2, "").id)], expiry()).await.unwrap();

    assert!(messages.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    let refused = messages.commit_summary(guild(), day(), &from_before, &attempt(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "a build from before");
    assert!(memory.acquire(guild(), &on(2), &lease(1, LONG), now()).await.unwrap());
    let refused = memory.commit_memory(guild(), user(2), &used(1), &attempt(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "a merge from before");
    memory.commit_memory(guild(), user(2), &used(2), &attempt(1)).await.unwrap();

    for _ in 0..2 {
        messages.purge_day(guild(), day(), 2).await.unwrap();
        let window = memory.read_window(guild(), &[day()], &[user(1), user(2), user(7_777)]).await;
        assert_eq!(window.days[&day()].as_ref().unwrap().summary, None);
        let has_memory = |n: u64| window.people[&user(n)].as_ref().unwrap().memory.is_some();
        assert_eq!([1, 2, 7_777].map(has_memory), [false, true, false], "7777 was in an earlier summary");
    }
    let anew = summary(2, texts(1_000, &"b".repeat(1_500)));
    messages.commit_summary(guild(), day(), &anew, &attempt(1)).await.unwrap();
    messages.purge_day(guild(), day(), 2).await.unwrap();
    assert!(messages.read_day(guild(), day()).await.unwrap().summary == Some(anew), "a late purge takes nothing new");
}

pub(crate) async fn a_summary_of_a_thousand_people_comes_back_whole<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    for text in ["a".repeat(1_500), "short".to_owned(), "é".repeat(900)] {
        let large = summary(1, texts(1_000, &text));
        commit(messages, &large).await.unwrap();
        assert!(messages.read_day(guild(), day()).await.unwrap().summary.as_ref() == Some(&large));
        let mut window = memory.read_window(guild(), &[day()], &[]).await;
        assert!(window.days.remove(&day()).unwrap().unwrap().summary == Some(large));
    }
}

pub(crate) async fn rule_7_a_window_has_everybody_and_every_day<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    commit(messages, &summary(1, texts(3, "sailed"))).await.unwrap();
    let fact = Fact::new("likes tea", Some(user(2)), now()).unwrap();
    let facts = BTreeMap::from([(FactId::new(now(), 1), fact)]);
    memory.replace_facts(guild(), user(100), &facts, 0).await.unwrap();

    let days: Vec<Day> = (0..7).map(|n| day().days_before(n)).collect();
    let people: Vec<UserId> = (1..=100).map(user).collect();
    let mut window = memory.read_window(guild(), &days, &people).await;
    assert_eq!(window.days.keys().copied().collect::<BTreeSet<_>>(), days.iter().copied().collect());
    assert_eq!(window.people.keys().copied().collect::<BTreeSet<_>>(), people.iter().copied().collect());
    let record = window.days.remove(&day()).unwrap().unwrap();
    assert_eq!(record.ledger.unwrap().version, 1);
    assert_eq!(record.summary.unwrap().texts.len(), 3);
    assert_eq!(window.people[&user(100)].as_ref().unwrap().person.fact_texts(), ["likes tea"]);
    assert_eq!(window.people[&user(1)], Ok(PersonRecord::default()));
    assert!(window.days.into_values().all(|day| day == Ok(DayRecord::default())));
}

fn merged() -> Memory {
    Memory {
        text: "Ann sails.".into(),
        input_hash: "in".into(),
        facts_hash: "facts".into(),
        day_versions: BTreeMap::from([(day(), 3)]),
        model: "gemini:merge".into(),
        usage: Usage { prompt_tokens: 40, output_tokens: 3, calls: 1, ..Usage::default() },
        built_at: at("2026-11-20T12:00:00.25Z"),
        expires_at: at("2026-11-27T12:00:00Z"),
    }
}

pub(crate) async fn a_memory_comes_back_whole<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    let on = LeaseOn::Memory(user(10), "in".to_owned());
    assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    memory.commit_memory(guild(), user(10), &merged(), &attempt(1)).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let record = window.people[&user(10)].as_ref().unwrap();
    assert_eq!((&record.memory, &record.making.lease), (&Some(merged()), &None));
}
