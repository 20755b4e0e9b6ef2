//! What is known about people, and what is merged from it.

use std::collections::{BTreeMap, BTreeSet};

use guild_memory::{
    domain::{Day, DayRecord, Fact, FactId, MessageId, Person, UserId, batch::Change},
    ports::{LeaseOn, PersonRecord, StoreError},
};

use super::{
    fixtures::{LONG, apply, commit, day, expiry, guild, lease, merged, message, now, owner, summary, texts, user},
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn facts_change_only_at_the_revision_that_was_seen(_: &impl MessagesSide, memory: &impl MemorySide) {
    let fact = |n: u128, text: &str| (FactId::new(now(), n), Fact::new(text, None, now()).unwrap());
    let one = BTreeMap::from([fact(1, "likes tea")]);
    memory.replace_facts(guild(), user(10), &one, 0).await.unwrap();
    let two = BTreeMap::from([fact(1, "likes tea"), fact(2, "has a cat")]);
    assert_eq!(memory.replace_facts(guild(), user(10), &two, 0).await, Err(StoreError::Conflict));
    memory.replace_facts(guild(), user(10), &two, 1).await.unwrap();
    assert_eq!(memory.replace_facts(guild(), user(10), &one, 1).await, Err(StoreError::Conflict));

    let known = memory.people(guild(), &[user(10), user(11)]).await.unwrap();
    assert!(known[&user(10)].facts == two);
    assert_eq!(known[&user(10)].facts_revision, 2);
    assert_eq!(known[&user(11)], Person::default());
    memory.replace_facts(guild(), user(10), &BTreeMap::new(), 2).await.unwrap();
    assert!(memory.people(guild(), &[user(10)]).await.unwrap()[&user(10)].facts.is_empty());
}

pub(crate) async fn an_alias_is_known_once(_: &impl MessagesSide, memory: &impl MemorySide) {
    for alias in ["Annie", "Captain", "Annie"] {
        memory.add_alias(guild(), user(10), alias).await.unwrap();
    }
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.aliases, BTreeSet::from(["Annie".to_owned(), "Captain".to_owned()]));
}

pub(crate) async fn the_name_of_the_last_message_counts(_: &impl MessagesSide, memory: &impl MemorySide) {
    let seen = |n: u64| MessageId::try_from(n).unwrap();
    for (name, n) in [("Ann", 99), ("Annika", 1_000), ("Old Ann", 5)] {
        memory.record_name(guild(), user(10), name, seen(n)).await.unwrap();
    }
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    assert_eq!(person.last_name, Some(("Annika".to_owned(), seen(1_000))));
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

pub(crate) async fn a_memory_comes_back_whole(messages: &impl MessagesSide, memory: &impl MemorySide) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    let on = LeaseOn::Memory(user(10), "in".to_owned());
    assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    memory.commit_memory(guild(), user(10), &merged(), &owner(1)).await.unwrap();
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let record = window.people[&user(10)].as_ref().unwrap();
    assert_eq!((&record.memory, &record.build.lease), (&Some(merged()), &None));
}
