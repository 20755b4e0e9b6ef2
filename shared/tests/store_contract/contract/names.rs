//! The names that sources say people have, whatever each of them knows (DESIGN rule 32).

use std::collections::BTreeSet;

use guild_memory::domain::{KnownNames, MAX_NAMES, MessageId, Person, Said};

use super::{
    fixtures::{guild, user},
    sides::{MemorySide, MessagesSide},
};

fn seen(n: u64) -> MessageId {
    MessageId::try_from(n).unwrap()
}

async fn known(memory: &impl MemorySide) -> Person {
    memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap()
}

async fn say(memory: &impl MemorySide, said: KnownNames) {
    memory.record_names(guild(), user(10), &said).await.unwrap();
}

/// Who of 10 and 11 is found by each of the names.
async fn found<const N: usize>(memory: &impl MemorySide, names: [&str; N]) -> [bool; N] {
    let mut found = [false; N];
    for (name, is_found) in names.into_iter().zip(&mut found) {
        *is_found = memory.seen_as(guild(), name).await.unwrap() == [user(10)];
    }
    found
}

pub(crate) async fn rule_32_a_nick_stays_until_somebody_who_knows_the_member_says_otherwise(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let plain = KnownNames::of_account;
    let member = KnownNames::of_member;
    let steps = [
        (plain("Ann", seen(10)), "Ann"),
        (member(Some("Captain"), seen(20)), "Captain"),
        (plain("Ann", seen(30)), "Captain"),
        (plain("Anna", seen(40)), "Captain"),
        (member(Some("Cook"), seen(15)), "Captain"),
        (plain("Zoe", seen(50)).joined(&member(Some("Cook"), seen(50))), "Cook"),
        (member(None, seen(60)), "Zoe"),
        (plain("Ann", seen(70)), "Ann"),
        (plain("Old Ann", seen(5)), "Ann"),
    ];
    for (said, shown) in steps {
        say(memory, said).await;
        assert_eq!(known(memory).await.name(), Some(shown));
    }
    let person = known(memory).await;
    assert_eq!(person.called, plain("Ann", seen(70)).joined(&member(None, seen(60))));
    assert_eq!(person.names, BTreeSet::from(["Ann", "Anna", "Captain", "Cook", "Zoe"].map(str::to_owned)));
    assert!(person.called.nick == Some(Said { what: None, at: seen(60) }), "that there is none is known");
}

pub(crate) async fn rule_32_that_somebody_has_no_nick_is_remembered_before_a_name_is(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    say(memory, KnownNames::of_member(None, seen(20))).await;
    let person = known(memory).await;
    assert_eq!((person.name(), person.names.len()), (None, 0));
    assert_eq!(person.called, KnownNames::of_member(None, seen(20)));
    say(memory, KnownNames::of_account("Ann", seen(10))).await;
    assert_eq!(known(memory).await.name(), Some("Ann"));
}

pub(crate) async fn rule_29_people_are_found_by_the_account_and_the_nick_they_have(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    for n in 0..MAX_NAMES as u64 {
        say(memory, KnownNames::of_account(&format!("Ann {n}"), seen(100 + n))).await;
    }
    say(memory, KnownNames::of_account("Zoe", seen(200))).await;
    say(memory, KnownNames::of_member(Some("Captain"), seen(300))).await;
    assert_eq!(found(memory, ["zoe", "captain", "cook"]).await, [true, true, false]);
    say(memory, KnownNames::of_member(Some("Cook"), seen(400))).await;
    assert_eq!(found(memory, ["zoe", "captain", "cook"]).await, [true, false, true], "there was no room to keep one");
    say(memory, KnownNames::of_member(Some("ZOE!"), seen(500))).await;
    say(memory, KnownNames::of_account("Yara", seen(500))).await;
    assert_eq!(
        found(memory, ["zoe", "cook", "yara"]).await,
        [true, false, true],
        "the nick reads like the name before"
    );
    say(memory, KnownNames::of_member(None, seen(600))).await;
    assert_eq!(found(memory, ["zoe", "yara", "ann 3"]).await, [false, true, true]);
}

pub(crate) async fn rule_29_a_name_is_dropped_only_under_the_nick_that_was_seen(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    say(memory, KnownNames::of_account("Ann", seen(1))).await;
    let stale = known(memory).await;
    say(memory, KnownNames::of_member(Some("Captain"), seen(2))).await;
    let refused = memory.drop_name(guild(), user(10), &stale, "Ann").await;
    assert_eq!(refused, Err(guild_memory::ports::StoreError::Conflict));
    memory.drop_name(guild(), user(10), &known(memory).await, "Captain").await.unwrap();
    assert_eq!(found(memory, ["Ann", "Captain"]).await, [true, true], "they have both");
    say(memory, KnownNames::of_member(None, seen(3))).await;
    assert_eq!(found(memory, ["Ann", "Captain"]).await, [true, false], "dropped, and not had any more");
}
