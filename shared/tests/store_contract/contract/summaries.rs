//! Guild-days: their summaries, and what a deletion takes along.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{DaySummary, Memory, SummaryStatus, UserId, batch::Change},
    ports::{LeaseOn, StoreError, TextsOf},
};

use super::{
    fixtures::{
        LONG, apply, at, commit, day, expiry, guild, lease, memory_of, merged, message, now, owner, summary, texts,
        user,
    },
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn a_final_summary_has_no_end_and_an_open_one_has(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let open = DaySummary { expires_at: Some(at("2026-11-21T01:30:00Z")), ..summary(1, texts(2, "sailed")) };
    commit(messages, memory, &open).await.unwrap();
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary, Some(open));
    let closed = DaySummary {
        status: SummaryStatus::Blocked,
        texts: BTreeMap::new(),
        blocked_messages: 7,
        ..summary(1, BTreeMap::new())
    };
    commit(messages, memory, &closed).await.unwrap();
    assert_eq!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary, Some(closed));
}

pub(crate) async fn rule_5_a_summary_is_renewed_unless_it_is_another_by_now(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let open = DaySummary { expires_at: Some(at("2026-11-20T12:30:00Z")), ..summary(1, texts(2, "sailed")) };
    commit(messages, memory, &open).await.unwrap();
    for expires_at in [Some(at("2026-11-20T13:30:00Z")), None] {
        memory.renew_summary(guild(), day(), &open, expires_at).await.unwrap();
        let there = memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary;
        assert_eq!(there, Some(DaySummary { expires_at, ..open.clone() }));
    }
    let other = DaySummary { built_at: at("2026-11-20T11:00:00Z"), ..open };
    assert_eq!(memory.renew_summary(guild(), day(), &other, None).await, Err(StoreError::Conflict));
    let elsewhere = day().days_before(1);
    assert_eq!(memory.renew_summary(guild(), elsewhere, &other, None).await, Err(StoreError::Conflict));
}

pub(crate) async fn a_summary_of_a_thousand_people_comes_back_whole(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    for text in ["a".repeat(1_500), "short".to_owned(), "é".repeat(900)] {
        let large = summary(1, texts(1_000, &text));
        commit(messages, memory, &large).await.unwrap();
        assert!(memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary.as_ref() == Some(&large));
        let some: Vec<UserId> = [1, 500, 1_000, 7_777].map(user).into();
        let mut window = memory.read_window(guild(), &[day()], &some).await;
        let of_some = large.texts.clone().into_iter().filter(|(user, _)| some.contains(user)).collect();
        let expected = DaySummary { texts: of_some, ..large };
        assert!(window.days.remove(&day()).unwrap().unwrap().summary == Some(expected));
    }
}

pub(crate) async fn rule_19_a_deletion_fences_commits_and_a_purge_leaves_no_words(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let change = [Change::Store(message(1, "hi")), Change::Store(message(2, "ho"))];
    apply(messages, &change, expiry()).await.unwrap();
    commit(messages, memory, &summary(1, BTreeMap::from([(user(7_777), "an earlier summary".to_owned())])))
        .await
        .unwrap();
    let from_before = summary(1, texts(1_000, &"a".repeat(1_500)));
    commit(messages, memory, &from_before).await.unwrap();
    let used = |version| Memory { day_versions: BTreeMap::from([(day(), version)]), ..merged() };
    let lease_on = async |n, version| {
        memory.acquire(guild(), &memory_of(n, "inputs", version), &lease(1, LONG), now()).await.unwrap()
    };
    for n in [1, 7_777] {
        assert!(lease_on(n, 1).await);
        memory.commit_memory(guild(), user(n), &used(1), &owner(1)).await.unwrap();
    }
    apply(messages, &[Change::Delete(message(2, "").id)], expiry()).await.unwrap();

    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    let refused = memory.commit_summary(guild(), day(), &from_before, &owner(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "a build from before");
    for (n, version) in [(2, 2), (3, 1), (4, 2)] {
        assert!(lease_on(n, version).await);
    }
    memory.commit_memory(guild(), user(2), &used(2), &owner(1)).await.unwrap();

    for _ in 0..2 {
        memory.purge_day(guild(), day(), 2).await.unwrap();
        let window = memory.read_window(guild(), &[day()], &[user(1), user(2), user(7_777)]).await;
        assert_eq!(window.days[&day()].as_ref().unwrap().summary, None);
        let has_memory = |n: u64| window.people[&user(n)].as_ref().unwrap().memory.is_some();
        assert_eq!([1, 2, 7_777].map(has_memory), [false, true, false], "7777 was in an earlier summary");
    }
    let refused = memory.commit_memory(guild(), user(3), &used(1), &owner(1)).await;
    assert_eq!(refused, Err(StoreError::Conflict), "a merge from before: the purge took its lease");
    memory.commit_memory(guild(), user(4), &used(2), &owner(1)).await.unwrap();
    let anew = summary(2, texts(1_000, &"b".repeat(1_500)));
    memory.commit_summary(guild(), day(), &anew, &owner(1)).await.unwrap();
    memory.purge_day(guild(), day(), 2).await.unwrap();
    assert!(
        memory.read_day(guild(), day(), TextsOf::Everybody).await.unwrap().summary == Some(anew),
        "a late purge takes nothing new"
    );
}
