//! What is known about people.

use super::*;

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
