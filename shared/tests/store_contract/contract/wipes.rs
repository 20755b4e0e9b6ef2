//! What a store does for a guild that is wiped (DESIGN rule 45).

use std::collections::{BTreeMap, BTreeSet};

use guild_memory::{
    domain::{GuildSettings, KnownNames, Person, Wipe, batch::Change},
    ports::{DayChange, LeaseOn, StoreError, StoredDay, TextsOf},
};
use jiff::SignedDuration;

use super::{
    fixtures::{
        LONG, apply, commit, day, expiry, guild, lease, memory_of, merged, message, now, owner, summary, texts, told,
        user,
    },
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn rule_45_what_was_decided_before_a_wipe_is_not_stored_after_it(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    assert!(memory.days_of_guild(guild()).await.unwrap().is_empty());
    messages.begin_day(guild(), day()).await.unwrap();
    let StoredDay { ledger: seen, erasures, messages: stored, .. } =
        messages.stored_day(guild(), day(), &[]).await.unwrap();
    let store = async || {
        let changes = [Change::Store(message(1, "hi"))];
        let next = seen.unwrap().after(&changes, &told(&stored));
        let (now, expires_at, stored) = (now(), expiry(), &stored);
        let change = DayChange { changes: &changes, seen, next, read_version: None, erasures, now, expires_at, stored };
        messages.change_day(guild(), day(), change).await
    };
    assert_eq!(memory.days_of_guild(guild()).await.unwrap(), BTreeSet::from([day()]));
    let mark = memory.empty_day(guild(), day()).await.unwrap();
    assert_eq!(store().await, Err(StoreError::Conflict));
    assert!(memory.drop_day(guild(), day(), mark).await.unwrap());
    assert!(memory.days_of_guild(guild()).await.unwrap().is_empty());
    // Somebody else begins the day anew, and it looks as it did.
    messages.begin_day(guild(), day()).await.unwrap();
    assert_eq!(messages.stored_day(guild(), day(), &[]).await.unwrap().ledger, seen);
    assert_eq!(store().await, Err(StoreError::Conflict));

    let mark = memory.empty_day(guild(), day()).await.unwrap();
    apply(messages, &[Change::Store(message(2, "hi"))], expiry()).await.unwrap();
    assert!(!memory.drop_day(guild(), day(), mark).await.unwrap(), "something was stored since");
    let mark = memory.empty_day(guild(), day()).await.unwrap();
    assert_eq!(messages.drop_messages(guild(), day()).await.unwrap(), 1);
    for _ in 0..2 {
        assert!(memory.drop_day(guild(), day(), mark).await.unwrap());
    }
    assert!(messages.messages_of_day(guild(), day()).await.unwrap().is_empty());
}

pub(crate) async fn rule_45_whoever_builds_or_merges_while_a_guild_is_wiped_cannot_commit(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let whole = summary(1, texts(300, &"a".repeat(1_500)));
    commit(messages, memory, &whole).await.unwrap();
    assert!(memory.acquire(guild(), &memory_of(7, "inputs", 1), &lease(1, LONG), now()).await.unwrap());
    let everybody = memory.everybody_in(guild(), &BTreeSet::from([day()])).await.unwrap();
    assert_eq!(everybody.len(), 300, "everybody who was in a summary");
    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    memory.note_reading(guild(), day(), 1, &owner(1)).await.unwrap();

    for user in everybody {
        memory.wipe_person(guild(), user, now()).await.unwrap();
    }
    let mark = memory.empty_day(guild(), day()).await.unwrap();
    assert_eq!(memory.commit_summary(guild(), day(), &whole, &owner(1)).await, Err(StoreError::Conflict));
    assert_eq!(memory.commit_memory(guild(), user(7), &merged(), &owner(1)).await, Err(StoreError::Conflict));
    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(2, LONG), now()).await.unwrap());
    assert!(!memory.drop_day(guild(), day(), mark).await.unwrap(), "somebody has begun to build");
    let mark = memory.empty_day(guild(), day()).await.unwrap();
    messages.drop_messages(guild(), day()).await.unwrap();
    assert!(memory.drop_day(guild(), day(), mark).await.unwrap());
    assert_eq!(memory.commit_summary(guild(), day(), &whole, &owner(2)).await, Err(StoreError::Conflict));
    let left = memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    assert!(left.ledger.is_none() && left.summary.is_none());
    assert!(memory.everybody_in(guild(), &BTreeSet::from([day()])).await.unwrap().is_empty());
}

pub(crate) async fn rule_45_whatever_was_said_until_a_wipe_stays_out(_: &impl MessagesSide, memory: &impl MemorySide) {
    let later = now() + SignedDuration::from_hours(1);
    let erased_at = async || {
        let people = memory.people(guild(), &[user(10)]).await.unwrap();
        let window = memory.read_window(guild(), &[], &[user(10)]).await;
        let in_window = window.people[&user(10)].as_ref().unwrap().person.erased_at;
        assert_eq!(people[&user(10)].erased_at, in_window);
        in_window
    };
    assert_eq!(erased_at().await, None);
    for (at, expected) in [(now(), now()), (later, later), (now(), later)] {
        memory.fence_guild(guild(), at).await.unwrap();
        assert_eq!(erased_at().await, Some(expected));
    }
    let said = |at| KnownNames::of_account("Ann", guild_memory::testing::id_at(at, 1));
    memory.record_names(guild(), user(10), &said(now())).await.unwrap();
    assert!(memory.listed_people(guild()).await.unwrap().is_empty());
    memory.record_names(guild(), user(10), &said(later + SignedDuration::from_secs(1))).await.unwrap();
    assert_eq!(memory.people(guild(), &[user(10)]).await.unwrap()[&user(10)].name(), Some("Ann"));
    let other = memory.people("2".parse().unwrap(), &[user(10)]).await.unwrap();
    assert_eq!(other[&user(10)], Person::default(), "guilds do not mix");
}

pub(crate) async fn rule_45_a_wipe_leaves_who_opted_out_and_the_settings_that_are_to_stay(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    for (n, opted_out) in [(10, true), (11, false)] {
        memory.erase_person(guild(), user(n), &Person::default(), opted_out, now()).await.unwrap();
        let said =
            KnownNames::of_account("Ann", guild_memory::testing::id_at(now() + SignedDuration::from_hours(1), 1));
        memory.record_names(guild(), user(n), &said).await.unwrap();
        memory.note_asked_for(guild(), &[(user(n), None)], now()).await.unwrap();
    }
    memory.replace_settings(guild(), &GuildSettings::default()).await.unwrap();
    let later = now() + SignedDuration::from_hours(2);
    for n in [10, 11] {
        for _ in 0..2 {
            memory.wipe_person(guild(), user(n), later).await.unwrap();
        }
    }
    let people = memory.people(guild(), &[user(10), user(11)]).await.unwrap();
    assert!(people[&user(10)].opted_out && people[&user(10)].erased_at == Some(later));
    assert_eq!(people[&user(11)], Person::default());
    for (keeps, revision) in [(true, 1), (false, 0)] {
        memory.drop_guild(guild(), keeps).await.unwrap();
        assert_eq!(memory.settings(guild()).await.unwrap().revision, revision);
    }
    assert!(memory.seen_as(guild(), "Ann").await.unwrap().is_empty());
    assert!(memory.asked_for(guild()).await.unwrap().is_empty());
}

pub(crate) async fn rule_45_a_wipe_can_be_taken_back_until_it_begins(_: &impl MessagesSide, memory: &impl MemorySide) {
    let later = now() + SignedDuration::from_mins(10);
    let wipe = Wipe { begins_at: later, keeps_settings: true };
    assert!(!memory.cancel_wipe(guild(), now()).await.unwrap());
    assert!(memory.note_wipe(guild(), wipe).await.unwrap());
    assert!(!memory.note_wipe(guild(), Wipe::whole(now())).await.unwrap());
    assert_eq!(memory.wipes().await.unwrap(), BTreeMap::from([(guild(), wipe)]));
    assert!(!memory.cancel_wipe(guild(), later).await.unwrap(), "it has begun");
    assert!(memory.cancel_wipe(guild(), now()).await.unwrap());
    assert!(memory.wipes().await.unwrap().is_empty());
    assert!(memory.note_wipe(guild(), Wipe::whole(now())).await.unwrap());
    for other in [wipe, Wipe::whole(later)] {
        memory.replace_wipe(guild(), other).await.unwrap();
        assert_eq!(memory.wipes().await.unwrap(), BTreeMap::from([(guild(), other)]), "whatever was noted before");
    }
    for _ in 0..2 {
        memory.wipe_is_done(guild()).await.unwrap();
    }
    assert!(memory.wipes().await.unwrap().is_empty());
}
