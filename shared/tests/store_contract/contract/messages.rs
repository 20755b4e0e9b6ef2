//! What people wrote.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{
        ChannelId, Cursor, DayRecord, GuildId, Ledger, Mention, Message, MessageId, Reconciliation, StoredMessage,
        batch::Change,
    },
    ports::{ChannelsOfDay, DayChange, LeaseOn, ReadMessages, StoreError, StoredDay, TextsOf},
};
use jiff::SignedDuration;

use super::{
    fixtures::{LONG, apply, at, counts, day, expiry, guild, lease, message, now, owner, told, user},
    sides::{MemorySide, MessagesSide},
};

async fn contents<S: ReadMessages>(store: &S) -> Vec<String> {
    let stored = store.messages_of_day(guild(), day()).await.unwrap();
    stored.into_iter().filter_map(|stored| stored.message).map(|message| message.body.content).collect()
}

pub(crate) async fn messages_come_back_whole_and_in_order(messages: &impl MessagesSide, _: &impl MemorySide) {
    let mut full = message(2, "hello <@11> \u{1f9a6}");
    full.body.reply_to = Some(message(1, "").id);
    full.body.edited_at = Some(at("2026-11-20T10:30:00.123Z"));
    full.body.mentions = vec![Mention { id: user(11), name: "Ben".into() }];
    full.body.attachments = vec!["a cat".into(), "a dog".into()];
    let bare = message(1, "first");
    apply(messages, &[Change::Store(full.clone()), Change::Store(bare.clone())], expiry()).await.unwrap();

    let stored = messages.messages_of_day(guild(), day()).await.unwrap();
    let expected =
        [bare.clone(), full].map(|message| StoredMessage { message: Some(message), expires_at: expiry(), came_in: 1 });
    assert!(stored == expected);
    let one = messages.stored_day(guild(), day(), &[bare.id, message(9, "").id]).await.unwrap();
    assert_eq!(one.messages.keys().copied().collect::<Vec<_>>(), [bare.id]);
    assert_eq!(counts(one.ledger), Some((1, 0, 2)));
}

pub(crate) async fn rule_36_a_ledger_knows_who_may_have_written(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let author = message(1, "").author.id;
    let stored = apply(messages, &[Change::Store(message(1, "first"))], expiry()).await.unwrap();
    apply(messages, &[Change::Delete(message(1, "").id)], expiry()).await.unwrap();
    let ledgers = memory.day_ledgers(guild(), &[day()]).await;
    let read = ledgers[&day()].as_ref().unwrap().ledger.unwrap();
    assert_eq!(read.authors, stored.unwrap().authors, "who wrote once stays");
    assert!(read.may_have(author) && !read.may_have(user(999)));
}

pub(crate) async fn a_tombstone_is_no_message_and_an_edit_keeps_its_expiry(
    messages: &impl MessagesSide,
    _: &impl MemorySide,
) {
    let (first, second) = (message(1, "first"), message(2, "second"));
    apply(messages, &[Change::Store(first.clone()), Change::Store(second.clone())], expiry()).await.unwrap();
    let later = expiry() + SignedDuration::from_hours(100);
    let mut edited = second.clone();
    edited.body.content = "edited".into();
    apply(messages, &[Change::Delete(first.id), Change::Update(edited.clone())], later).await.unwrap();

    assert_eq!(contents(messages).await, ["edited"]);
    let stored = messages.stored_day(guild(), day(), &[first.id, second.id]).await.unwrap().messages;
    assert_eq!(
        stored[&first.id],
        StoredMessage { message: None, expires_at: later, came_in: 0 },
        "as long as a copy may come"
    );
    assert_eq!(stored[&second.id], StoredMessage { message: Some(edited), expires_at: expiry(), came_in: 1 });
}

pub(crate) async fn rule_5_messages_and_ledger_change_together_or_not_at_all(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let ledger = apply(messages, &[Change::Store(message(1, "first"))], expiry()).await.unwrap();
    for seen in [None, Some(Ledger { version: 7, ..Ledger::default() })] {
        let changes = [Change::Store(message(2, "second")), Change::Update(message(1, "changed"))];
        let next = Some(Ledger { version: 8, purged_version: 0, message_count: 2, ..Ledger::default() });
        let stored = BTreeMap::new();
        let change = DayChange {
            changes: &changes,
            seen,
            next,
            read_version: None,
            erasures: 0,
            now: now(),
            expires_at: expiry(),
            stored: &stored,
        };
        let refused = messages.change_day(guild(), day(), change).await;
        assert_eq!(refused, Err(StoreError::Conflict), "seen {seen:?}");
    }
    assert_eq!(contents(messages).await, ["first"]);
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().ledger, ledger);
}

pub(crate) async fn a_new_message_must_be_new_or_expired(messages: &impl MessagesSide, _: &impl MemorySide) {
    let expired = now() - SignedDuration::from_secs(1);
    apply(messages, &[Change::Store(message(1, "expired"))], expired).await.unwrap();
    apply(messages, &[Change::Store(message(2, "alive"))], expiry()).await.unwrap();
    let stored = BTreeMap::new();
    let ledger = messages.stored_day(guild(), day(), &[message(1, "").id]).await.unwrap().ledger;
    for (n, expected) in [(2, Err(StoreError::Conflict)), (1, Ok(()))] {
        let changes = [Change::Store(message(n, "again"))];
        let next = ledger.unwrap().after(&changes, &told(&stored));
        let change = DayChange {
            changes: &changes,
            seen: ledger,
            next,
            read_version: None,
            erasures: 0,
            now: now(),
            expires_at: expiry(),
            stored: &stored,
        };
        assert_eq!(messages.change_day(guild(), day(), change).await, expected);
    }
    assert_eq!(contents(messages).await, ["again", "alive"]);
}

pub(crate) async fn a_tombstone_alone_leaves_the_ledger_alone(messages: &impl MessagesSide, memory: &impl MemorySide) {
    let id = message(1, "").id;
    apply(messages, &[Change::WriteTombstone(id)], expiry()).await.unwrap();
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap(), DayRecord::default());
    let stored = messages.stored_day(guild(), day(), &[id]).await.unwrap().messages;
    assert_eq!(stored[&id], StoredMessage { message: None, expires_at: expiry(), came_in: 0 });
}

pub(crate) async fn rule_5_a_deletion_that_counts_on_nobody_reading_is_refused_once_somebody_does(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    apply(messages, &[Change::Store(message(1, "first"))], expiry()).await.unwrap();
    apply(messages, &[Change::Store(message(2, "said and deleted"))], expiry()).await.unwrap();
    let before = messages.stored_day(guild(), day(), &[message(2, "").id]).await.unwrap();
    assert_eq!((before.read_version, before.messages[&message(2, "").id].came_in), (0, 2));

    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    for (version, n) in [(1, 1), (2, 2)] {
        let refused = memory.note_reading(guild(), day(), version, &owner(n)).await;
        assert_eq!(refused, Err(StoreError::Conflict), "another version, or another's lease");
    }
    memory.note_reading(guild(), day(), 2, &owner(1)).await.unwrap();

    let delete = [Change::Delete(message(2, "").id)];
    let next = before.ledger.unwrap().after(&delete, &told(&before.messages));
    assert_eq!(counts(next), Some((3, 0, 1)));
    let StoredDay { ledger: seen, read_version, erasures, messages: stored } = before;
    let expires_at = expiry();
    let read_version = Some(read_version);
    let change =
        DayChange { changes: &delete, seen, next, read_version, erasures, now: now(), expires_at, stored: &stored };
    assert_eq!(messages.change_day(guild(), day(), change).await, Err(StoreError::Conflict));
    let purged = apply(messages, &delete, expiry()).await.unwrap();
    assert_eq!(counts(purged), Some((3, 3, 1)), "planned anew, it purges");
    let after = messages.stored_day(guild(), day(), &[]).await.unwrap();
    assert_eq!((after.read_version, after.ledger), (2, purged));
}

pub(crate) async fn as_many_messages_as_it_says_fit_into_one_change(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let max = messages.max_changes() as u64;
    let changes: Vec<Change> = (1..=max).map(|n| Change::Store(message(n, &format!("message {n}")))).collect();
    let ledger = apply(messages, &changes, expiry()).await.unwrap();
    assert_eq!(contents(messages).await.len() as u64, max);
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().ledger, ledger);
}

pub(crate) async fn a_day_knows_the_channels_it_was_written_in(messages: &impl MessagesSide, _: &impl MemorySide) {
    let elsewhere = Message { channel: "8".parse().unwrap(), ..message(2, "there") };
    let changes = [message(1, "here"), elsewhere, message(3, "here too")].map(Change::Store);
    apply(messages, &changes, expiry()).await.unwrap();
    apply(messages, &[Change::Delete(message(2, "").id)], expiry()).await.unwrap();
    let day_of = messages.channels_of_day(guild(), day()).await.unwrap();
    assert_eq!(day_of, ChannelsOfDay { channels: ["7".parse().unwrap()].into(), messages: 2 });
    assert_eq!(messages.channels_of_day(guild(), day().days_before(1)).await.unwrap(), ChannelsOfDay::default());
}

pub(crate) async fn guilds_and_days_do_not_mix(messages: &impl MessagesSide, memory: &impl MemorySide) {
    apply(messages, &[Change::Store(message(1, "here"))], expiry()).await.unwrap();
    let elsewhere: GuildId = "99810000000000000".parse().unwrap();
    let other_day = day().days_before(1);
    assert!(messages.messages_of_day(elsewhere, day()).await.unwrap().is_empty());
    assert!(messages.messages_of_day(guild(), other_day).await.unwrap().is_empty());
    assert_eq!(memory.read_day(elsewhere, day(), TextsOf::Everybody).await.unwrap(), DayRecord::default());
    assert_eq!(memory.read_day(guild(), other_day, TextsOf::Everybody).await.unwrap(), DayRecord::default());
}

pub(crate) async fn a_cursor_never_goes_back(_: &impl MessagesSide, memory: &impl MemorySide) {
    let channel = |n: u64| ChannelId::try_from(n).unwrap();
    let at_id = |n: u64| Cursor { after: MessageId::try_from(n).unwrap(), ..Cursor::new(None, now(), 7) };
    let full = Cursor {
        parent: Some(channel(7)),
        complete_at: Some(MessageId::try_from(101).unwrap()),
        reconciliation: Some(Reconciliation { begun_at: now(), after: MessageId::try_from(50).unwrap() }),
        archive_read_at: Some(now()),
        forbidden_until: Some(at("2026-11-21T12:00:00Z")),
        ..at_id(100)
    };
    for (n, cursor) in [(8, at_id(99)), (8, full.clone()), (8, at_id(9)), (9, at_id(1_000)), (10, at_id(5))] {
        memory.save_cursor(guild(), channel(n), &cursor).await.unwrap();
    }
    memory.delete_cursor(guild(), channel(10)).await.unwrap();
    let expected = BTreeMap::from([(channel(8), full), (channel(9), at_id(1_000))]);
    assert_eq!(memory.cursors(guild()).await.unwrap(), expected);
    assert!(memory.cursors("2".parse().unwrap()).await.unwrap().is_empty(), "another guild");
}

pub(crate) async fn rule_28_a_guild_knows_its_days_and_a_day_where_each_message_was_written(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let (first, mut second, gone) = (message(1, "first"), message(2, "second"), message(3, "gone"));
    second.channel = "8".parse().unwrap();
    let stored = [&first, &second, &gone].map(|message| Change::Store(message.clone()));
    apply(messages, &stored, expiry()).await.unwrap();
    apply(messages, &[Change::Delete(gone.id)], expiry()).await.unwrap();
    let expected: BTreeMap<MessageId, ChannelId> = [(first.id, first.channel), (second.id, second.channel)].into();
    assert_eq!(messages.message_channels(guild(), day()).await.unwrap(), expected);
    let ledgers = memory.ledgers_of_guild(guild()).await.unwrap();
    assert_eq!((ledgers.len(), counts(ledgers.get(&day()).copied())), (1, Some((2, 0, 2))));
    let elsewhere: GuildId = "5".parse().unwrap();
    assert!(memory.ledgers_of_guild(elsewhere).await.unwrap().is_empty());
    assert!(messages.message_channels(elsewhere, day()).await.unwrap().is_empty());
}
