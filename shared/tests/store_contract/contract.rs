//! The contract. `messages` and `memory` are two views of one store.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

use guild_memory::{
    domain::{
        AttemptId, ChannelId, Cursor, Day, DayRecord, DaySummary, Fact, FactId, FailedAttempt, GuildId, GuildSettings,
        Lease, Ledger, Memory, Mention, Message, MessageId, Person, Review, StoredMessage, SummaryStatus, Teachers,
        UserId, Viewers, ingest::Change,
    },
    ports::{
        ChannelsOfDay, ClaimInteractions, CommitDaySummary, CommitMemory, CoolModels, DayChange, HoldLeases,
        KeepCursors, LeaseOn, PersonRecord, PurgeDay, ReadChannelsOfDay, ReadDay, ReadMessages, ReadPeople,
        ReadSettings, ReadWindow, RecordNames, StoreError, TeachPeople, WriteMessages, WriteSettings,
    },
    testing::{id_at, message_at},
};
use jiff::{SignedDuration, Timestamp};

pub(crate) trait MessagesSide:
    ReadDay
    + ReadMessages
    + CommitDaySummary
    + HoldLeases
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
    ReadDay + ReadWindow + HoldLeases + CommitMemory + TeachPeople + CoolModels + WriteSettings + ClaimInteractions
{
}
impl<S> MemorySide for S where
    S: ReadDay + ReadWindow + HoldLeases + CommitMemory + TeachPeople + CoolModels + WriteSettings + ClaimInteractions
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

async fn contents<S: ReadMessages>(store: &S) -> Vec<String> {
    let stored = store.messages_of_day(guild(), day()).await.unwrap();
    stored.into_iter().filter_map(|stored| stored.message).map(|message| message.body.content).collect()
}

pub(crate) async fn messages_come_back_whole_and_in_order<S: MessagesSide, M: MemorySide>(messages: &S, _: &M) {
    let mut full = message(2, "hello <@11> \u{1f9a6}");
    full.body.reply_to = Some(message(1, "").id);
    full.body.edited_at = Some(at("2026-11-20T10:30:00.123Z"));
    full.body.mentions = vec![Mention { id: user(11), name: "Ben".into() }];
    full.body.attachments = vec!["a cat".into(), "a dog".into()];
    let bare = message(1, "first");
    apply(messages, &[Change::Store(full.clone()), Change::Store(bare.clone())], expiry()).await.unwrap();

    let stored = messages.messages_of_day(guild(), day()).await.unwrap();
    let expected = [bare.clone(), full].map(|message| StoredMessage { message: Some(message), expires_at: expiry() });
    assert!(stored == expected);
    let one = messages.stored_day(guild(), day(), &[bare.id, message(9, "").id]).await.unwrap();
    assert_eq!(one.messages.keys().copied().collect::<Vec<_>>(), [bare.id]);
    assert_eq!(one.ledger, Some(Ledger { version: 1, purged_version: 0, message_count: 2 }));
}

pub(crate) async fn a_tombstone_is_no_message_and_an_edit_keeps_its_expiry<S: MessagesSide, M: MemorySide>(
    messages: &S,
    _: &M,
) {
    let (first, second) = (message(1, "first"), message(2, "second"));
    apply(messages, &[Change::Store(first.clone()), Change::Store(second.clone())], expiry()).await.unwrap();
    let later = expiry() + SignedDuration::from_hours(100);
    let mut edited = second.clone();
    edited.body.content = "edited".into();
    apply(messages, &[Change::Delete(first.id), Change::Update(edited.clone())], later).await.unwrap();

    assert_eq!(contents(messages).await, ["edited"]);
    let stored = messages.stored_day(guild(), day(), &[first.id, second.id]).await.unwrap().messages;
    assert_eq!(stored[&first.id], StoredMessage { message: None, expires_at: later }, "as long as a copy may come");
    assert_eq!(stored[&second.id], StoredMessage { message: Some(edited), expires_at: expiry() });
}

pub(crate) async fn rule_5_messages_and_ledger_change_together_or_not_at_all<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let ledger = apply(messages, &[Change::Store(message(1, "first"))], expiry()).await.unwrap();
    for seen in [None, Some(Ledger { version: 7, ..Ledger::default() })] {
        let changes = [Change::Store(message(2, "second")), Change::Update(message(1, "changed"))];
        let next = Some(Ledger { version: 8, purged_version: 0, message_count: 2 });
        let stored = BTreeMap::new();
        let change = DayChange { changes: &changes, seen, next, now: now(), expires_at: expiry(), stored: &stored };
        let refused = messages.change_day(guild(), day(), change).await;
        assert_eq!(refused, Err(StoreError::Conflict), "seen {seen:?}");
    }
    assert_eq!(contents(messages).await, ["first"]);
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().ledger, ledger);
}

pub(crate) async fn a_new_message_must_be_new_or_expired<S: MessagesSide, M: MemorySide>(messages: &S, _: &M) {
    let expired = now() - SignedDuration::from_secs(1);
    apply(messages, &[Change::Store(message(1, "expired"))], expired).await.unwrap();
    apply(messages, &[Change::Store(message(2, "alive"))], expiry()).await.unwrap();
    let stored = BTreeMap::new();
    let ledger = messages.stored_day(guild(), day(), &[message(1, "").id]).await.unwrap().ledger;
    for (n, expected) in [(2, Err(StoreError::Conflict)), (1, Ok(()))] {
        let changes = [Change::Store(message(n, "again"))];
        let next = ledger.unwrap().after(&changes, false);
        let change =
            DayChange { changes: &changes, seen: ledger, next, now: now(), expires_at: expiry(), stored: &stored };
        assert_eq!(messages.change_day(guild(), day(), change).await, expected);
    }
    assert_eq!(contents(messages).await, ["again", "alive"]);
}

pub(crate) async fn burying_leaves_the_ledger_alone<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    let id = message(1, "").id;
    apply(messages, &[Change::Bury(id)], expiry()).await.unwrap();
    assert_eq!(memory.read_day(guild(), day()).await.unwrap(), DayRecord::default());
    let stored = messages.stored_day(guild(), day(), &[id]).await.unwrap().messages;
    assert_eq!(stored[&id], StoredMessage { message: None, expires_at: expiry() });
}

pub(crate) async fn ninety_nine_messages_fit_into_one_change<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    let changes: Vec<Change> = (1..=99).map(|n| Change::Store(message(n, &format!("message {n}")))).collect();
    let ledger = apply(messages, &changes, expiry()).await.unwrap();
    assert_eq!(contents(messages).await.len(), 99);
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().ledger, ledger);
}

pub(crate) async fn a_day_knows_the_channels_it_was_written_in<S: MessagesSide, M: MemorySide>(messages: &S, _: &M) {
    let elsewhere = Message { channel: "8".parse().unwrap(), ..message(2, "there") };
    let changes = [message(1, "here"), elsewhere, message(3, "here too")].map(Change::Store);
    apply(messages, &changes, expiry()).await.unwrap();
    apply(messages, &[Change::Delete(message(2, "").id)], expiry()).await.unwrap();
    let day_of = messages.channels_of_day(guild(), day()).await.unwrap();
    assert_eq!(day_of, ChannelsOfDay { channels: ["7".parse().unwrap()].into(), messages: 2 });
    assert_eq!(messages.channels_of_day(guild(), day().days_before(1)).await.unwrap(), ChannelsOfDay::default());
}

pub(crate) async fn an_interaction_is_claimed_once_until_its_claim_runs_out<S: MessagesSide, M: MemorySide>(
    _: &S,
    memory: &M,
) {
    let (first, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T13:00:00Z"));
    let [one, other] = ["5", "6"].map(|id| id.parse().unwrap());
    assert_eq!(memory.claim(one, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end - SignedDuration::from_secs(1), end).await, Ok(false));
    assert_eq!(memory.claim(other, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end, at("2026-11-22T14:00:00Z")).await, Ok(true), "rule 3: expired, swept or not");
}

pub(crate) async fn guilds_and_days_do_not_mix<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    apply(messages, &[Change::Store(message(1, "here"))], expiry()).await.unwrap();
    let elsewhere: GuildId = "99810000000000000".parse().unwrap();
    let other_day = day().days_before(1);
    assert!(messages.messages_of_day(elsewhere, day()).await.unwrap().is_empty());
    assert!(messages.messages_of_day(guild(), other_day).await.unwrap().is_empty());
    assert_eq!(memory.read_day(elsewhere, day()).await.unwrap(), DayRecord::default());
    assert_eq!(memory.read_day(guild(), other_day).await.unwrap(), DayRecord::default());
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
        tokens: 512,
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

pub(crate) async fn rule_10_a_cooldown_only_ever_grows<S: MessagesSide, M: MemorySide>(_: &S, memory: &M) {
    let models = ["gemini:a".to_owned(), "gemini:b".to_owned()];
    assert!(memory.cooldowns(&models).await.unwrap().is_empty());
    let (sooner, later) = (at("2026-11-20T12:00:20.5Z"), at("2026-11-20T12:01:00Z"));
    for until in [sooner, later, sooner] {
        memory.cool_down("gemini:a", until).await.unwrap();
    }
    assert_eq!(memory.cooldowns(&models).await.unwrap(), BTreeMap::from([("gemini:a".to_owned(), later)]));
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

pub(crate) async fn facts_change_only_at_the_revision_that_was_seen<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let fact = |n: u128, text: &str| (FactId::new(now(), n), Fact::new(text, None, now()).unwrap());
    let one = BTreeMap::from([fact(1, "likes tea")]);
    memory.replace_facts(guild(), user(10), &one, 0).await.unwrap();
    let two = BTreeMap::from([fact(1, "likes tea"), fact(2, "has a cat")]);
    assert_eq!(memory.replace_facts(guild(), user(10), &two, 0).await, Err(StoreError::Conflict));
    memory.replace_facts(guild(), user(10), &two, 1).await.unwrap();
    assert_eq!(memory.replace_facts(guild(), user(10), &one, 1).await, Err(StoreError::Conflict));

    let known = messages.people(guild(), &[user(10), user(11)]).await.unwrap();
    assert!(known[&user(10)].facts == two);
    assert_eq!(known[&user(10)].facts_revision, 2);
    assert_eq!(known[&user(11)], Person::default());
    memory.replace_facts(guild(), user(10), &BTreeMap::new(), 2).await.unwrap();
    assert!(memory.people(guild(), &[user(10)]).await.unwrap()[&user(10)].facts.is_empty());
}

pub(crate) async fn an_alias_is_known_once<S: MessagesSide, M: MemorySide>(_: &S, memory: &M) {
    for alias in ["Annie", "Captain", "Annie"] {
        memory.add_alias(guild(), user(10), alias).await.unwrap();
    }
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.aliases, BTreeSet::from(["Annie".to_owned(), "Captain".to_owned()]));
}

pub(crate) async fn the_name_of_the_last_message_counts<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, n) in [("Ann", 99), ("Annika", 1_000), ("Old Ann", 5)] {
        messages.record_name(guild(), user(10), name, seen(n)).await.unwrap();
    }
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.last_name, Some(("Annika".to_owned(), seen(1_000))));
    assert_eq!(person.names, BTreeSet::from(["Ann".to_owned(), "Annika".to_owned()]));
}

fn merged() -> Memory {
    Memory {
        text: "Ann sails.".into(),
        input_hash: "in".into(),
        facts_hash: "facts".into(),
        day_versions: BTreeMap::from([(day(), 3)]),
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

pub(crate) async fn settings_change_only_at_the_revision_that_was_seen<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let undecided = memory.settings(guild()).await.unwrap();
    assert_eq!(undecided, GuildSettings::default());
    let decided = GuildSettings {
        channels: ["7".parse().unwrap(), "8".parse().unwrap()].into(),
        teachers: Teachers::Oneself,
        viewers: Viewers::Anyone,
        retention_days: Some(14),
        ..undecided.clone()
    };
    memory.replace_settings(guild(), &decided).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &undecided).await, Err(StoreError::Conflict));
    let there = messages.settings(guild()).await.unwrap();
    assert_eq!(there, GuildSettings { revision: 1, ..decided.clone() });
    let again = GuildSettings { channels: BTreeSet::new(), retention_days: None, ..there };
    memory.replace_settings(guild(), &again).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &again).await, Err(StoreError::Conflict));
    assert_eq!(memory.settings(guild()).await.unwrap(), GuildSettings { revision: 2, ..again });
    assert_eq!(memory.settings("2".parse().unwrap()).await.unwrap(), undecided, "another guild");
}

pub(crate) async fn a_cursor_never_goes_back<S: MessagesSide, M: MemorySide>(messages: &S, _: &M) {
    let channel = |n: u64| ChannelId::try_from(n).unwrap();
    let at_id = |n: u64| Cursor { after: MessageId::try_from(n).unwrap(), ..Cursor::new(None, now(), 7) };
    let full = Cursor {
        parent: Some(channel(7)),
        complete_at: Some(MessageId::try_from(101).unwrap()),
        review: Some(Review { begun_at: now(), after: MessageId::try_from(50).unwrap() }),
        forbidden_until: Some(at("2026-11-21T12:00:00Z")),
        ..at_id(100)
    };
    for (n, cursor) in [(8, at_id(99)), (8, full.clone()), (8, at_id(9)), (9, at_id(1_000)), (10, at_id(5))] {
        messages.keep_cursor(guild(), channel(n), &cursor).await.unwrap();
    }
    messages.forget_cursor(guild(), channel(10)).await.unwrap();
    let expected = BTreeMap::from([(channel(8), full), (channel(9), at_id(1_000))]);
    assert_eq!(messages.cursors(guild()).await.unwrap(), expected);
    assert!(messages.cursors("2".parse().unwrap()).await.unwrap().is_empty(), "another guild");
}
