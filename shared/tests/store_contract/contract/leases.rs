//! Who is making what.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{FailedAttempt, Memory, batch::Change},
    ports::{LeaseOn, StoreError, TextsOf},
};

use super::{
    fixtures::{
        LONG, apply, at, day, expiry, guild, lease, memory_of, merged, message, now, owner, summary, texts, user,
    },
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn rule_8_one_lease_at_a_time_until_it_runs_out(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let on = LeaseOn::Day(day());
    assert!(!memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap(), "no ledger, nothing to build");
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
    assert!(!memory.acquire(guild(), &on, &lease(2, LONG), now()).await.unwrap(), "it is held");
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().build.lease, Some(lease(1, LONG)));

    memory.renew(guild(), &on, &lease(1, "2026-11-20T12:00:40Z")).await.unwrap();
    assert!(!memory.acquire(guild(), &on, &lease(2, LONG), at(LONG)).await.unwrap(), "it was renewed");
    let later = "2026-11-20T12:01:10Z";
    assert!(memory.acquire(guild(), &on, &lease(2, later), at("2026-11-20T12:00:40Z")).await.unwrap(), "it ran out");

    let stale = memory.renew(guild(), &on, &lease(1, later)).await;
    assert_eq!(stale, Err(StoreError::Conflict));
    let refused = memory.commit_summary(guild(), day(), &summary(1, texts(1, "late")), &owner(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "the late writer is fenced");
    memory.release(guild(), &on, &owner(1), None).await.unwrap();
    let record = memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    assert_eq!((record.summary, record.build.lease), (None, Some(lease(2, later))), "another's lease is left alone");

    memory.commit_summary(guild(), day(), &summary(1, texts(1, "in time")), &owner(2)).await.unwrap();
    let record = memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap();
    assert_eq!((record.summary.is_some(), record.build.lease), (true, None), "the commit drops the lease");
}

pub(crate) async fn rule_8_a_failure_stays_with_its_attempt(messages: &impl MessagesSide, memory: &impl MemorySide) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    for on in [LeaseOn::Day(day()), memory_of(10, "inputs", 1)] {
        assert!(memory.acquire(guild(), &on, &lease(1, LONG), now()).await.unwrap());
        let failure = FailedAttempt {
            owner: owner(1),
            inputs: Some("in".into()),
            error_type: "RateLimited".into(),
            message: "retry in 20 s".into(),
        };
        memory.release(guild(), &on, &owner(1), Some(&failure)).await.unwrap();
        assert!(memory.acquire(guild(), &on, &lease(2, LONG), now()).await.unwrap());
        memory.release(guild(), &on, &owner(2), None).await.unwrap();
        let mut window = memory.read_window(guild(), &[day()], &[user(10)]).await;
        let build = match on {
            LeaseOn::Day(day) => window.days.remove(&day).unwrap().unwrap().build,
            LeaseOn::Memory { user, .. } => window.people.remove(&user).unwrap().unwrap().build,
        };
        assert_eq!((build.lease, build.last_failure), (None, Some(failure)));
    }
}

pub(crate) async fn rule_11_the_same_people_are_handed_over_once_for_a_while(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let (now, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T12:00:30Z"));
    assert_eq!(memory.claim_hand_over(guild(), "some", now, end).await, Ok(true));
    assert_eq!(memory.claim_hand_over(guild(), "some", at("2026-11-22T12:00:29Z"), end).await, Ok(false));
    assert_eq!(memory.claim_hand_over(guild(), "others", now, end).await, Ok(true));
    assert_eq!(memory.claim_hand_over("5".parse().unwrap(), "some", now, end).await, Ok(true), "another guild");
    assert_eq!(memory.claim_hand_over(guild(), "some", end, at("2026-11-22T12:01:00Z")).await, Ok(true));
}

pub(crate) async fn rule_9_a_lease_on_a_memory_is_tied_to_its_inputs(_: &impl MessagesSide, memory: &impl MemorySide) {
    let on = |inputs: &str| memory_of(10, inputs, 1);
    assert!(memory.acquire(guild(), &on("a"), &lease(1, LONG), now()).await.unwrap());
    assert!(!memory.acquire(guild(), &on("b"), &lease(2, LONG), now()).await.unwrap(), "one merge at a time");
    let merged = Memory { input_hash: "a".into(), day_versions: BTreeMap::new(), ..merged() };
    assert_eq!(memory.commit_memory(guild(), user(10), &merged, &owner(2)).await, Err(StoreError::Conflict));
    memory.commit_memory(guild(), user(10), &merged, &owner(1)).await.unwrap();
    assert!(!memory.acquire(guild(), &on("a"), &lease(3, LONG), now()).await.unwrap(), "it is there");
    let expired = at("2026-11-27T12:00:00Z");
    assert!(memory.acquire(guild(), &on("a"), &lease(3, "2026-11-27T12:00:30Z"), expired).await.unwrap(), "it expired");
    memory.release(guild(), &on("a"), &owner(3), None).await.unwrap();
    assert!(memory.acquire(guild(), &on("b"), &lease(4, LONG), now()).await.unwrap(), "other inputs");
    let window = memory.read_window(guild(), &[], &[user(10)]).await;
    let record = window.people[&user(10)].as_ref().unwrap();
    assert_eq!(record.memory, Some(merged), "the last one stays until the next is there");
    assert_eq!(record.build.lease, Some(lease(4, LONG)));
}
