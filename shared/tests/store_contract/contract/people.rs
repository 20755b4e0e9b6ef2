//! What is known about people, and what is merged from it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use guild_memory::{
    domain::{Alias, Day, DayRecord, Fact, FactId, KnownNames, MAX_NAMES, MessageId, Person, UserId, batch::Change},
    ports::{PersonRecord, StoreError},
};

use super::{
    fixtures::{
        LONG, apply, commit, day, expiry, guild, lease, memory_of, merged, message, now, owner, summary, texts, user,
    },
    sides::{MemorySide, MessagesSide},
};

/// With these facts, at the revision that was seen.
fn with(facts: &BTreeMap<FactId, Fact>, facts_revision: u64) -> Person {
    Person { facts: facts.clone(), facts_revision, ..Person::default() }
}

pub(crate) async fn what_was_taught_changes_only_at_the_revision_that_was_seen(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let fact = |n: u128, text: &str| (FactId::new(now(), n), Fact::new(text, None, now()).unwrap());
    let one = BTreeMap::from([fact(1, "likes tea")]);
    memory.replace_taught(guild(), user(10), &with(&one, 0)).await.unwrap();
    let two = BTreeMap::from([fact(1, "likes tea"), fact(2, "has a cat")]);
    assert_eq!(memory.replace_taught(guild(), user(10), &with(&two, 0)).await, Err(StoreError::Conflict));
    memory.replace_taught(guild(), user(10), &with(&two, 1)).await.unwrap();
    assert_eq!(memory.replace_taught(guild(), user(10), &with(&one, 1)).await, Err(StoreError::Conflict));

    let known = memory.people(guild(), &[user(10), user(11)]).await.unwrap();
    assert!(known[&user(10)].facts == two);
    assert_eq!(known[&user(10)].facts_revision, 2);
    assert_eq!(known[&user(11)], Person::default());
    memory.replace_taught(guild(), user(10), &with(&BTreeMap::new(), 2)).await.unwrap();
    assert!(memory.people(guild(), &[user(10)]).await.unwrap()[&user(10)].facts.is_empty());
}

pub(crate) async fn rule_29_an_alias_comes_back_with_who_taught_it_and_when(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let taught = Alias { taught_by: Some(user(12)), taught_at: Some(now()) };
    let aliases = BTreeMap::from([("Annie".to_owned(), taught), ("Captain".to_owned(), Alias::default())]);
    let person = Person { aliases: aliases.clone(), ..Person::default() };
    memory.replace_taught(guild(), user(10), &person).await.unwrap();
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.aliases, aliases);
}

pub(crate) async fn rule_29_people_are_found_by_the_names_they_are_seen_under(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, person, n) in [("Ann Lee", 10, 1), ("Annie", 10, 2), ("ann_lee", 11, 3), ("Ann", 12, 4)] {
        memory.record_names(guild(), user(person), &KnownNames::of_account(name, seen(n))).await.unwrap();
    }
    let mut found = memory.seen_as(guild(), "ANN LEE!").await.unwrap();
    found.sort_unstable();
    assert_eq!(found, [user(10), user(11)]);
    assert_eq!(memory.seen_as("2".parse().unwrap(), "Ann Lee").await.unwrap(), [], "in another guild");

    drop_name(memory, "Ann Lee").await;
    assert_eq!(memory.seen_as(guild(), "Ann Lee").await.unwrap(), [user(11)]);
    assert_eq!(known(memory).await.names, BTreeSet::from(["Annie".to_owned()]));
}

pub(crate) async fn rule_29_a_name_that_is_dropped_takes_none_along_that_looks_like_it(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, n) in [("ANN LEE", 1), ("Ann Lee", 2), ("ann_lee", 3)] {
        memory.record_names(guild(), user(10), &KnownNames::of_account(name, seen(n))).await.unwrap();
    }
    for name in ["Ann Lee", "ANN LEE", "ann_lee"] {
        drop_name(memory, name).await;
        assert_eq!(memory.seen_as(guild(), "Ann Lee").await.unwrap(), [user(10)], "the name they have is left");
    }
    memory.record_names(guild(), user(10), &KnownNames::of_account("Zoe", seen(4))).await.unwrap();
    assert_eq!(memory.seen_as(guild(), "Ann Lee").await.unwrap(), [], "they have another, and had the others dropped");
}

pub(crate) async fn rule_29_a_name_is_dropped_only_as_the_person_was_seen(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, n) in [("Ann Lee", 1), ("Zoe", 2)] {
        memory.record_names(guild(), user(10), &KnownNames::of_account(name, seen(n))).await.unwrap();
    }
    let stale = known(memory).await;
    memory.record_names(guild(), user(10), &KnownNames::of_account("ann_lee", seen(3))).await.unwrap();
    assert_eq!(memory.drop_name(guild(), user(10), &stale, "Ann Lee").await, Err(StoreError::Conflict));
    let stale = known(memory).await;
    drop_name(memory, "Zoe").await;
    assert_eq!(memory.drop_name(guild(), user(10), &stale, "Ann Lee").await, Err(StoreError::Conflict));
    assert_eq!(known(memory).await.names, BTreeSet::from(["Ann Lee".to_owned(), "ann_lee".to_owned()]));
    assert_eq!(memory.seen_as(guild(), "Ann Lee").await.unwrap(), [user(10)]);
}

/// Else nobody could drop it.
pub(crate) async fn rule_29_nobody_is_found_by_a_name_that_is_not_kept(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    let most = MAX_NAMES as u64;
    for n in 1..=most + 3 {
        memory
            .record_names(guild(), user(10), &KnownNames::of_account(&format!("Ann {n}"), seen(100 + n)))
            .await
            .unwrap();
    }
    memory.record_names(guild(), user(10), &KnownNames::of_account("Old Ann", seen(5))).await.unwrap();
    let person = known(memory).await;
    assert_eq!((person.names.len(), person.name()), (MAX_NAMES, Some(format!("Ann {}", most + 3).as_str())));
    for n in 1..=most + 3 {
        let is_kept = n <= most || n == most + 3;
        let found = memory.seen_as(guild(), &format!("ann {n}")).await.unwrap();
        assert_eq!(found, if is_kept { vec![user(10)] } else { vec![] }, "Ann {n}");
    }
    assert_eq!(memory.seen_as(guild(), "Old Ann").await.unwrap(), []);

    drop_name(memory, "Ann 1").await;
    memory.record_names(guild(), user(10), &KnownNames::of_account("Zoe", seen(500))).await.unwrap();
    assert!(known(memory).await.names.contains("Zoe"), "there is room again");
    assert_eq!(memory.seen_as(guild(), &format!("ann {}", most + 3)).await.unwrap(), []);
}

async fn known(memory: &impl MemorySide) -> Person {
    memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap()
}

async fn drop_name(memory: &impl MemorySide, name: &str) {
    memory.drop_name(guild(), user(10), &known(memory).await, name).await.unwrap();
}

pub(crate) async fn the_name_of_the_last_message_counts(_: &impl MessagesSide, memory: &impl MemorySide) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, n) in [("Ann", 99), ("Annika", 1_000), ("Old Ann", 5)] {
        memory.record_names(guild(), user(10), &KnownNames::of_account(name, seen(n))).await.unwrap();
    }
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.called, KnownNames::of_account("Annika", seen(1_000)));
    assert_eq!(person.names, BTreeSet::from(["Ann".to_owned(), "Annika".to_owned()]));
}

pub(crate) async fn rule_7_a_window_has_everybody_and_every_day(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    commit(messages, memory, &summary(1, texts(3, "sailed"))).await.unwrap();
    let fact = Fact::new("likes tea", Some(user(2)), now()).unwrap();
    let facts = BTreeMap::from([(FactId::new(now(), 1), fact)]);
    memory.replace_taught(guild(), user(100), &with(&facts, 0)).await.unwrap();

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

pub(crate) async fn a_memory_comes_back_whole(messages: &impl MessagesSide, memory: &impl MemorySide) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    let on = memory_of(10, "in", 3);
    assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    memory.commit_memory(guild(), user(10), &merged(), &owner(1)).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let record = window.people[&user(10)].as_ref().unwrap();
    assert_eq!((&record.memory, &record.build.lease), (&Some(merged()), &None));
}

pub(crate) async fn rule_41_of_who_is_erased_it_is_kept_that_they_were_and_when(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let person = async || memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    let said = |name: &str, at: MessageId| KnownNames::of_account(name, at);
    let (before, later) = (MessageId::last_before(now()), MessageId::last_before(now() + SignedDuration::from_secs(9)));
    memory.record_names(guild(), user(10), &said("Ann", before)).await.unwrap();
    memory.record_names(guild(), user(10), &KnownNames::of_member(Some("Captain"), before)).await.unwrap();
    let taught = Person {
        facts: BTreeMap::from([(FactId::new(now(), 1), Fact::new("likes tea", None, now()).unwrap())]),
        aliases: BTreeMap::from([("Annie".to_owned(), Alias::default())]),
        names_taken_back: 1,
        ..Person::default()
    };
    memory.replace_taught(guild(), user(10), &taught).await.unwrap();
    let known = person().await;

    let stale = Person { facts_revision: 0, ..known.clone() };
    assert_eq!(memory.erase_person(guild(), user(10), &stale, true, now()).await, Err(StoreError::Conflict));
    memory.erase_person(guild(), user(10), &known, true, now()).await.unwrap();
    let erased = Person { facts_revision: 2, opted_out: true, erased_at: Some(now()), ..Person::default() };
    assert!(person().await == erased);
    for name in ["Ann", "Captain"] {
        assert_eq!(memory.seen_as(guild(), name).await.unwrap(), []);
    }
    assert_eq!(memory.replace_taught(guild(), user(10), &known).await, Err(StoreError::Conflict));
    memory.record_names(guild(), user(10), &said("Ann", later)).await.unwrap();
    assert!(person().await == erased, "of who opted out no name is noted");

    memory.erase_person(guild(), user(10), &erased, false, now()).await.unwrap();
    memory.record_names(guild(), user(10), &said("Ann", before)).await.unwrap();
    assert!(person().await.called == KnownNames::default(), "it was said before");
    memory.record_names(guild(), user(10), &said("Zoe", later)).await.unwrap();
    assert_eq!(person().await.name(), Some("Zoe"));
    assert_eq!(memory.seen_as(guild(), "Zoe").await.unwrap(), [user(10)]);
}
