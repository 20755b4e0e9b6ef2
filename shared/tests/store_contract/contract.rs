//! The contract. `messages` and `memory` are two views of one store.

use std::collections::{BTreeMap, BTreeSet};

use guild_memory::{
    domain::{
        Day, DayRecord, DaySummary, Fact, FactId, GuildId, Ledger, Memory, Mention, Message, MessageId, Person,
        StoredMessage, SummaryStatus, UserId, ingest::Change,
    },
    ports::{
        CommitDaySummary, DayChange, PersonRecord, ReadDay, ReadMessages, ReadPeople, ReadWindow, RecordNames,
        SaveMemory, StoreError, TeachPeople, WriteMessages,
    },
    testing::{id_at, message_at},
};
use jiff::{SignedDuration, Timestamp};

pub(crate) trait MessagesSide:
    ReadDay + ReadMessages + CommitDaySummary + WriteMessages + ReadPeople + RecordNames
{
}
impl<S: ReadDay + ReadMessages + CommitDaySummary + WriteMessages + ReadPeople + RecordNames> MessagesSide for S {}

pub(crate) trait MemorySide: ReadDay + ReadWindow + SaveMemory + TeachPeople {}
impl<S: ReadDay + ReadWindow + SaveMemory + TeachPeople> MemorySide for S {}

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
    let next = stored.ledger.unwrap_or_default().after(changes);
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

pub(crate) async fn a_tombstone_is_no_message_and_keeps_its_expiry<S: MessagesSide, M: MemorySide>(
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
    assert_eq!(stored[&first.id], StoredMessage { message: None, expires_at: expiry() });
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
        let next = ledger.unwrap().after(&changes);
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

pub(crate) async fn a_final_summary_has_no_end_and_an_open_one_has<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let open = DaySummary { expires_at: Some(at("2026-11-21T01:30:00Z")), ..summary(1, texts(2, "sailed")) };
    messages.commit_summary(guild(), day(), &open).await.unwrap();
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().summary, Some(open));
    let closed = DaySummary {
        status: SummaryStatus::Blocked,
        texts: BTreeMap::new(),
        blocked_messages: 7,
        ..summary(1, BTreeMap::new())
    };
    messages.commit_summary(guild(), day(), &closed).await.unwrap();
    assert_eq!(messages.read_day(guild(), day()).await.unwrap().summary, Some(closed));
}

pub(crate) async fn a_later_version_is_not_overwritten<S: MessagesSide, M: MemorySide>(messages: &S, memory: &M) {
    let later = summary(5, texts(1, "later"));
    messages.commit_summary(guild(), day(), &later).await.unwrap();
    let refused = messages.commit_summary(guild(), day(), &summary(4, texts(1, "earlier"))).await;
    assert_eq!(refused, Err(StoreError::Conflict));
    assert_eq!(memory.read_day(guild(), day()).await.unwrap().summary, Some(later));
}

pub(crate) async fn a_summary_of_a_thousand_people_comes_back_whole<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    for text in ["a".repeat(1_500), "short".to_owned(), "é".repeat(900)] {
        let large = summary(1, texts(1_000, &text));
        messages.commit_summary(guild(), day(), &large).await.unwrap();
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
    messages.commit_summary(guild(), day(), &summary(1, texts(3, "sailed"))).await.unwrap();
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

pub(crate) async fn a_memory_comes_back_whole<S: MessagesSide, M: MemorySide>(_: &S, memory: &M) {
    let merged = Memory {
        text: "Ann sails.".into(),
        input_hash: "in".into(),
        facts_hash: "facts".into(),
        day_versions: BTreeMap::from([(day(), 3), (day().days_before(1), 9)]),
        built_at: at("2026-11-20T12:00:00.25Z"),
        expires_at: at("2026-11-27T12:00:00Z"),
    };
    memory.save_memory(guild(), user(10), &merged).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    assert_eq!(window.people[&user(10)].as_ref().unwrap().memory, Some(merged));
}
