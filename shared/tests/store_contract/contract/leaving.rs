//! Who left, and of whom something is kept (DESIGN rules 44 and 45).

use std::collections::BTreeMap;

use guild_memory::domain::{KnownNames, Left, Person};

use super::{
    fixtures::{guild, now, user},
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn rule_44_when_they_left_first_counts_until_they_come_back(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let other = "2".parse().unwrap();
    let left = [
        Left::Member(guild(), user(10)),
        Left::Member(other, user(10)),
        Left::Guild(guild()),
        Left::Missing(guild()),
        Left::Guild(other),
    ];
    let later = now() + jiff::SignedDuration::from_hours(1);
    for who in left {
        assert_eq!((memory.left_at(who).await.unwrap(), memory.note_back(who).await.unwrap()), (None, false));
        assert!(memory.note_left(who, now()).await.unwrap());
        assert!(!memory.note_left(who, later).await.unwrap());
    }
    assert_eq!(memory.all_left().await.unwrap(), BTreeMap::from(left.map(|who| (who, now()))));
    for (back, who) in left.into_iter().enumerate() {
        assert!(memory.note_back(who).await.unwrap());
        assert_eq!(memory.left_at(who).await.unwrap(), None);
        assert_eq!(memory.all_left().await.unwrap().len(), left.len() - 1 - back);
    }
}

pub(crate) async fn rule_44_of_whom_something_is_kept_is_listed_until_they_are_erased(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let said = KnownNames::of_account("Ann", "1".parse().unwrap());
    memory.record_names(guild(), user(10), &said).await.unwrap();
    memory.replace_taught(guild(), user(11), &Person::default()).await.unwrap();
    memory.record_names("2".parse().unwrap(), user(12), &said).await.unwrap();
    let listed = async || memory.listed_people(guild()).await.unwrap();
    assert_eq!(listed().await, BTreeMap::from([(user(10), None), (user(11), None)]));

    memory.note_member_asked(guild(), user(10), now()).await.unwrap();
    memory.note_member_asked(guild(), user(13), now()).await.unwrap();
    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    memory.replace_taught(guild(), user(10), &person).await.unwrap();
    assert_eq!(listed().await, BTreeMap::from([(user(10), Some(now())), (user(11), None)]));

    let person = memory.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    memory.erase_person(guild(), user(10), &person, false, now()).await.unwrap();
    memory.note_member_asked(guild(), user(10), now()).await.unwrap();
    assert_eq!(listed().await, BTreeMap::from([(user(11), None)]));
}
