//! Interactions are worked on once, and those that may call a model are counted.

use guild_memory::{domain::Asked, ports::StoreError};
use jiff::SignedDuration;

use super::{
    fixtures::{at, guild, user},
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn an_interaction_is_claimed_once_until_its_claim_runs_out(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let (first, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T13:00:00Z"));
    let [one, other] = ["5", "6"].map(|id| id.parse().unwrap());
    assert_eq!(memory.claim(one, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end - SignedDuration::from_secs(1), end).await, Ok(false));
    assert_eq!(memory.claim(other, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end, at("2026-11-22T14:00:00Z")).await, Ok(true), "rule 3: expired, swept or not");
}

pub(crate) async fn rule_30_no_answer_is_counted_over_another(_: &impl MessagesSide, memory: &impl MemorySide) {
    let none = memory.asked(guild(), user(10)).await.unwrap();
    assert_eq!(none, Asked::default());
    let one = none.once_more(at("2026-11-22T12:00:00.25Z")).unwrap();
    memory.note_asked(guild(), user(10), &none, &one).await.unwrap();
    assert_eq!(memory.note_asked(guild(), user(10), &none, &one).await, Err(StoreError::Conflict));
    assert_eq!(memory.asked(guild(), user(10)).await, Ok(one.clone()));
    let two = one.once_more(at("2026-11-22T12:01:00Z")).unwrap();
    memory.note_asked(guild(), user(10), &one, &two).await.unwrap();
    assert_eq!(memory.note_asked(guild(), user(10), &one, &two).await, Err(StoreError::Conflict));
    assert_eq!(memory.asked(guild(), user(10)).await, Ok(two));
    assert_eq!(memory.asked(guild(), user(11)).await, Ok(none), "everybody for themselves");
}

pub(crate) async fn rule_38_the_last_note_of_who_was_asked_for_counts(_: &impl MessagesSide, memory: &impl MemorySide) {
    let (first, later) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T13:00:00.25Z"));
    assert_eq!(memory.asked_for(guild()).await, Ok([].into()));
    let everybody: Vec<_> = (1..=100).map(|n| (user(n), None)).collect();
    memory.note_asked_for(guild(), &everybody, first).await.unwrap();
    memory.note_asked_for(guild(), &[(user(7), None)], later).await.unwrap();
    memory.note_asked_for("9".parse().unwrap(), &[(user(101), None)], later).await.unwrap();
    let noted = memory.asked_for(guild()).await.unwrap();
    assert_eq!((noted.len(), noted[&user(7)], noted[&user(8)]), (100, later, first));
}
