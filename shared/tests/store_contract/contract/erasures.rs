//! What a store does for somebody who is erased (DESIGN rule 41).

use std::collections::BTreeMap;

use jiff::SignedDuration;

use guild_memory::{
    domain::{Consent, GuildSettings, UserId, batch::Change},
    ports::{DayChange, StoreError, StoredDay, TextsOf},
};

use super::{
    fixtures::{
        LONG, apply, commit, day, expiry, guild, lease, memory_of, merged, message, now, owner, summary, texts, told,
        user,
    },
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn rule_41_what_was_decided_before_an_erase_is_not_stored_after_it(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    memory.fence_day(guild(), day()).await.unwrap();
    assert!(memory.ledgers_of_guild(guild()).await.unwrap().is_empty(), "a day without a ledger stays without one");
    messages.begin_day(guild(), day()).await.unwrap();
    for n in 1..4 {
        let StoredDay { ledger: seen, erasures, messages: stored, .. } =
            messages.stored_day(guild(), day(), &[]).await.unwrap();
        messages.begin_day(guild(), day()).await.unwrap();
        assert_eq!(messages.stored_day(guild(), day(), &[]).await.unwrap().ledger, seen, "it was begun before");
        let store = async |erasures| {
            let changes = [Change::Store(message(n, "hi"))];
            let next = seen.unwrap().after(&changes, &told(&stored));
            let read_version = None;
            let (now, expires_at, stored) = (now(), expiry(), &stored);
            let change = DayChange { changes: &changes, seen, next, read_version, erasures, now, expires_at, stored };
            messages.change_day(guild(), day(), change).await
        };
        memory.fence_day(guild(), day()).await.unwrap();
        assert_eq!(store(erasures).await, Err(StoreError::Conflict));
        assert_eq!(store(erasures + 1).await, Ok(()));
    }
}

pub(crate) async fn rule_41_whoever_merges_for_who_is_erased_cannot_commit(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    memory.note_asked_for(guild(), &[(user(10), None), (user(11), None)], now()).await.unwrap();
    for n in [10, 11] {
        assert!(memory.acquire(guild(), &memory_of(n, "inputs", 1), &lease(1, LONG), now()).await.unwrap());
        memory.commit_memory(guild(), user(n), &merged(), &owner(1)).await.unwrap();
        assert!(memory.acquire(guild(), &memory_of(n, "others", 1), &lease(2, LONG), now()).await.unwrap());
    }
    for _ in 0..2 {
        memory.forget_memory(guild(), user(10)).await.unwrap();
    }
    for (n, expected) in [(10, Err(StoreError::Conflict)), (11, Ok(()))] {
        assert_eq!(memory.commit_memory(guild(), user(n), &merged(), &owner(2)).await, expected);
    }
    let window = memory.read_window(guild(), &[], &[user(10), user(11)]).await;
    let has_memory = |n| window.people[&user(n)].as_ref().unwrap().memory.is_some();
    assert_eq!([10, 11].map(has_memory), [false, true]);
    let asked_for: Vec<UserId> = memory.asked_for(guild()).await.unwrap().into_keys().collect();
    assert_eq!(asked_for, [user(11)]);
}

pub(crate) async fn rule_41_who_was_erased_since_is_not_noted_to_be_asked_for(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let noted = async |seen| {
        memory.note_asked_for(guild(), &[(user(10), seen), (user(11), None)], now()).await.unwrap();
        memory.asked_for(guild()).await.unwrap().into_keys().collect::<Vec<UserId>>()
    };
    let mut seen = None;
    for hour in 1..3 {
        let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
        let at = now() + SignedDuration::from_hours(hour);
        memory.erase_person(guild(), user(10), &person, false, at).await.unwrap();
        memory.forget_memory(guild(), user(10)).await.unwrap();
        assert_eq!(noted(seen).await, [user(11)]);
        seen = Some(at);
        assert_eq!(noted(seen).await, [user(10), user(11)], "what was written after it may be asked for");
    }
}

pub(crate) async fn rule_41_a_summary_keeps_what_it_tells_of_others(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    // One that is in a single item, and one in parts.
    for (people, words) in [(3, "sails".to_owned()), (300, "a".repeat(1_500))] {
        let whole = summary(1, texts(people, &words));
        commit(messages, memory, &whole).await.unwrap();
        let read = async || memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.unwrap();
        assert!(read().await == whole);
        let mut left = whole.texts.clone();
        for n in [1, 2, people] {
            assert!(memory.erase_from_day(guild(), day(), user(n)).await.unwrap());
            assert!(!memory.erase_from_day(guild(), day(), user(n)).await.unwrap(), "nothing is left to be done");
            left.remove(&user(n));
            let read = read().await;
            assert!(read.texts == left && read.version == whole.version);
        }
        let one = [user(3)];
        let of_one = memory.read_day(guild(), day(), TextsOf::People(&one)).await.unwrap().summary.unwrap();
        assert_eq!(of_one.texts.len(), usize::from(people > 3));
        assert!(!memory.erase_from_day(guild(), day().days_before(1), user(3)).await.unwrap());
    }
    // A later deletion finds the others.
    let used = |n: u64| (n, BTreeMap::from([(day(), 1)]));
    for (n, day_versions) in [used(3), used(4)] {
        assert!(memory.acquire(guild(), &memory_of(n, "inputs", 1), &lease(1, LONG), now()).await.unwrap());
        let memory_of_them = guild_memory::domain::Memory { day_versions, ..merged() };
        memory.commit_memory(guild(), user(n), &memory_of_them, &owner(1)).await.unwrap();
    }
    memory.purge_day(guild(), day(), 2).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(4)]).await;
    assert!(window.people[&user(4)].as_ref().unwrap().memory.is_none());
}

pub(crate) async fn rule_41_a_message_of_another_stays_without_who_is_erased(
    messages: &impl MessagesSide,
    _: &impl MemorySide,
) {
    apply(messages, &[Change::Store(message(1, "<@12> hi"))], expiry()).await.unwrap();
    let without = message(1, "<@12> hi").without(|_| true).unwrap();
    let later = now();
    apply(messages, &[Change::Redact(without.clone())], later).await.unwrap();
    let stored = messages.messages_of_day(guild(), day()).await.unwrap();
    assert!(stored[0].message == Some(without) && stored[0].expires_at == expiry() && stored[0].came_in == 1);
    let ledger = messages.stored_day(guild(), day(), &[]).await.unwrap().ledger.unwrap();
    assert!(ledger.is_of(&[stored[0].message.clone().unwrap()]));
}

pub(crate) async fn rule_42_people_are_read_with_what_their_guild_decided(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let known = async || {
        let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
        let window = memory.read_window(guild(), &[day()], &[user(10)]).await.people.remove(&user(10)).unwrap();
        assert_eq!(window.unwrap().person, person, "both ways");
        person
    };
    assert!(!known().await.is_left_out());
    let asked = GuildSettings { consent: Consent::Asked, ..GuildSettings::default() };
    memory.replace_settings(guild(), &asked).await.unwrap();
    let unasked = known().await;
    assert!(unasked.is_left_out() && unasked.owes_an_answer() && !unasked.opted_out);
    // Who is out and then is not has said yes.
    for opted_out in [true, false] {
        memory.erase_person(guild(), user(10), &known().await, opted_out, now()).await.unwrap();
        let person = known().await;
        assert_eq!((person.is_left_out(), person.opted_in, person.owes_an_answer()), (opted_out, !opted_out, false));
    }
    memory.erase_person(guild(), user(10), &known().await, false, now()).await.unwrap();
    assert!(known().await.opted_in, "an erase takes no yes away");
}

pub(crate) async fn rule_42_it_is_said_once(_: &impl MessagesSide, memory: &impl MemorySide) {
    assert_eq!(memory.note_told(guild(), user(10)).await, Ok(true));
    assert_eq!(memory.note_told(guild(), user(10)).await, Ok(false));
    assert_eq!(memory.note_told(guild(), user(11)).await, Ok(true), "each by themselves");
}
