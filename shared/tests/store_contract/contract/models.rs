//! What is known about models: when they are to be left alone, what was spent on them, and who waits for them,
//! and how fast they write.

use std::{collections::BTreeMap, num::NonZeroU32};

use guild_memory::{
    domain::{Allowance, Answers, Cooldown, Line, Pace, Priority, Standing},
    ports::{Spending, StoreError},
};

use super::{
    fixtures::{at, now, owner},
    sides::{MemorySide, MessagesSide},
};

const FULL: Spending = Spending::Refused { until: jiff::Timestamp::constant(1_795_176_060, 0) };

pub(crate) async fn rule_10_a_cooldown_only_ever_grows(_: &impl MessagesSide, memory: &impl MemorySide) {
    let models = ["gemini:a".to_owned(), "gemini:b".to_owned()];
    assert!(memory.cooldowns(&models).await.unwrap().is_empty());
    let (sooner, later) = (at("2026-11-20T12:00:20.5Z"), at("2026-11-20T12:01:00Z"));
    for (until, why) in [(sooner, "daily_quota"), (later, "rate_limited"), (sooner, "daily_quota")] {
        memory.cool_down("gemini:a", &Cooldown { until, why: why.to_owned() }).await.unwrap();
    }
    assert_eq!(memory.cooldowns(&models).await.unwrap(), BTreeMap::from([("gemini:a".to_owned(), later)]));
    let known = memory.cooldowns_with_reasons(&models).await.unwrap();
    assert_eq!(known["gemini:a"], Cooldown { until: later, why: "rate_limited".to_owned() });
}

pub(crate) async fn a_cooldown_can_be_ended(_: &impl MessagesSide, memory: &impl MemorySide) {
    let cooldown = Cooldown { until: at("2026-11-20T12:01:00Z"), why: "rate_limited".to_owned() };
    memory.cool_down("gemini:a", &cooldown).await.unwrap();
    for _ in 0..2 {
        memory.end_cooldown("gemini:a").await.unwrap();
        assert!(memory.cooldowns(&["gemini:a".to_owned()]).await.unwrap().is_empty());
    }
}

pub(crate) async fn a_chain_may_name_a_model_twice(_: &impl MessagesSide, memory: &impl MemorySide) {
    let until = at("2026-11-20T12:01:00Z");
    memory.cool_down("gemini:a", &Cooldown { until, why: "rate_limited".to_owned() }).await.unwrap();
    let twice = ["gemini:a".to_owned(), "gemini:a".to_owned()];
    assert_eq!(memory.cooldowns(&twice).await.unwrap(), BTreeMap::from([("gemini:a".to_owned(), until)]));
}

fn allowance(period: &str, requests: Option<u64>, tokens: Option<u64>) -> Allowance {
    Allowance { period: period.to_owned(), until: at("2026-11-20T12:01:00Z"), requests, tokens }
}

pub(crate) async fn a_budget_has_room_until_it_is_spent(_: &impl MessagesSide, memory: &impl MemorySide) {
    let minute = [allowance("minute 1", Some(2), Some(100))];
    for (tokens, expected) in [(60, Spending::Counted), (41, FULL), (40, Spending::Counted), (0, FULL)] {
        assert_eq!(memory.spend("gemini:a", &minute, tokens).await.unwrap(), expected, "{tokens} tokens");
    }
    assert_eq!(memory.spend("gemini:b", &minute, 1).await.unwrap(), Spending::Counted, "another model");
    let next = [allowance("minute 2", Some(2), Some(100))];
    assert_eq!(memory.spend("gemini:a", &next, 500).await.unwrap(), Spending::Counted, "the first has room");
    memory.correct("gemini:a", &next, -450).await.unwrap();
    assert_eq!(memory.spend("gemini:a", &next, 50).await.unwrap(), Spending::Counted, "it took less than was thought");
    assert_eq!(memory.spent("gemini:a", &next[0]).await.unwrap(), (2, 100), "what was counted can be read");
    memory.take_back("gemini:a", &next, 50).await.unwrap();
    assert_eq!(memory.spent("gemini:a", &next[0]).await.unwrap(), (1, 50), "as if it had never been counted");
    assert_eq!(memory.spent("gemini:never", &next[0]).await.unwrap(), (0, 0));
}

pub(crate) async fn what_one_period_refuses_no_other_counts(_: &impl MessagesSide, memory: &impl MemorySide) {
    let minute = |n| allowance(&format!("minute {n}"), Some(1), None);
    let day = || allowance("day", Some(2), None);
    for n in [1, 2] {
        assert_eq!(memory.spend("gemini:a", &[minute(n), day()], 1).await.unwrap(), Spending::Counted);
    }
    assert_eq!(memory.spend("gemini:a", &[minute(3), day()], 1).await.unwrap(), FULL);
    assert_eq!(
        memory.spend("gemini:a", &[minute(3)], 1).await.unwrap(),
        Spending::Counted,
        "the minute was given back"
    );
}

pub(crate) async fn rule_34_a_line_changes_only_as_it_was_seen(_: &impl MessagesSide, memory: &impl MemorySide) {
    let mut first = memory.line("gemini:a").await.unwrap();
    assert_eq!(first, Line::default());
    let mut second = first.clone();
    first.stand(&owner(1), Priority::First, NonZeroU32::MIN, now());
    memory.keep_line("gemini:a", &first).await.unwrap();
    second.stand(&owner(2), Priority::Background, NonZeroU32::MIN, now());
    assert_eq!(memory.keep_line("gemini:a", &second).await, Err(StoreError::Conflict), "it was empty when it was seen");

    let mut seen = memory.line("gemini:a").await.unwrap();
    assert_eq!((&seen.places, seen.revision), (&first.places, 1));
    seen.stand(&owner(2), Priority::Background, NonZeroU32::MIN, now());
    memory.keep_line("gemini:a", &seen).await.unwrap();
    assert_eq!(memory.keep_line("gemini:a", &seen).await, Err(StoreError::Conflict), "not twice");
    let mut both = memory.line("gemini:a").await.unwrap();
    assert_eq!((&both.places, both.revision), (&seen.places, 2), "it comes back whole");
    assert_eq!(memory.line("gemini:b").await.unwrap(), Line::default(), "another model");

    both.places.clear();
    memory.keep_line("gemini:a", &both).await.unwrap();
    assert_eq!(memory.line("gemini:a").await.unwrap(), Line { places: vec![], revision: 3 });
}

pub(crate) async fn rule_34_a_turn_is_taken_by_one_of_many_and_freed_by_whoever_dies(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let stand = async |n: u128, now| loop {
        let mut line = memory.line("gemini:a").await.unwrap();
        let standing = line.stand(&owner(n), Priority::Normal, NonZeroU32::MIN, now);
        match memory.keep_line("gemini:a", &line).await {
            Err(StoreError::Conflict) => {}
            kept => break kept.map(|()| standing),
        }
    };
    let at_once = futures::future::join_all((1..=8).map(|n| stand(n, now()))).await;
    assert_eq!(at_once.iter().filter(|standing| **standing == Ok(Standing::Turn)).count(), 1, "{at_once:?}");
    let later = at("2026-11-20T13:00:00Z");
    assert_eq!(stand(9, later).await, Ok(Standing::Turn), "all the others have run out");
}

pub(crate) async fn rule_33_how_fast_a_model_writes_is_kept(_: &impl MessagesSide, memory: &impl MemorySide) {
    assert_eq!(memory.pace("gemini:a").await, Ok(Pace::default()));
    let mut pace = Pace::default();
    for members in [40, 2] {
        pace.learn(Answers { members, tokens: 2_000, millis: 9_000 });
        memory.keep_pace("gemini:a", &pace, now()).await.unwrap();
        assert_eq!(memory.pace("gemini:a").await, Ok(pace), "whatever was there");
    }
    assert_eq!(memory.pace("gemini:b").await, Ok(Pace::default()), "another model");
}
