//! A guild is wiped: nothing of it is left in any item of any table, whatever is under way and whoever dies when (DESIGN
//! rule 45).

use std::{future::Future, sync::Arc, time::Duration};

use guild_memory::{
    app::{
        AppError, Deadline, decode,
        people::{self, erase_due, guild_left, wipe_now},
    },
    contract::Wiped,
    domain::SummaryRetention,
    testing::message_at,
};
use serde_json::{Value, json};

use super::{
    erased_meanwhile::discord,
    world::{World, day, guild, text},
};

const ANN: u64 = 10;
const BEN: u64 = 11;
const DATES: [&str; 2] = ["2026-11-20", "2026-11-22"];

fn deadline() -> Deadline {
    Deadline::new(Duration::from_secs(120), None)
}

fn messages() -> Value {
    let said = |date: &str, author: u64, words: &str| {
        let message = message_at(day(date), "09:00", author, "x", "");
        let author = json!({"id": author.to_string(), "name": format!("zebra-name {author}")});
        json!({"id": message.id, "channel_id": "7", "author": author, "content": words})
    };
    let all = DATES.iter().flat_map(|date| [said(date, ANN, "zebra-words"), said(date, BEN, "zebra-others")]);
    json!({"messages": all.collect::<Vec<_>>()})
}

impl World {
    async fn fill(&self) {
        self.ingest(messages()).await.unwrap();
        for member in [ANN, BEN] {
            let fact = json!({"user_id": member.to_string(), "op": "remember", "text": "zebra-fact"});
            self.people(fact).await.unwrap();
        }
        self.memories(&[ANN, BEN]).await;
    }

    async fn wipe(&self) -> Result<Wiped, AppError> {
        wipe_now(&self.people_deps(), deadline(), guild()).await
    }

    /// What is left of the guild: that it was wiped, and when.
    async fn assert_wiped(&self, when: &str) {
        let stored = self.everything_stored().await;
        let left: Vec<&str> = stored.lines().filter(|item| item.contains(&guild().to_string())).collect();
        assert!(left.iter().all(|item| item.contains("WIPED")) && left.len() <= 2, "{when}: {left:#?}");
        assert!(!stored.contains("zebra"), "{when}");
    }

    /// The past does not come back, and what is new is kept.
    async fn assert_the_past_stays_out(&self) {
        assert_eq!(self.ingest(messages()).await.unwrap().stored, 0);
        assert_eq!(text(&self.memories(&[ANN]).await, ANN), "");
        assert!(!self.everything_stored().await.contains("zebra"));
        self.clock.set("2026-11-22T13:00:00Z");
        self.say("2026-11-22", "12:30", ANN, "a new word").await;
        assert!(text(&self.memories(&[ANN]).await, ANN).contains("a new word"));
    }
}

#[tokio::test]
async fn rule_45_nothing_is_left_of_a_guild_that_is_wiped_and_the_past_stays_out() {
    let world = World::start();
    world.fill().await;
    let wiped = world.wipe().await.unwrap();
    assert_eq!(wiped, Wiped { people: 2, days: 2, messages: 4, complete: true });
    world.assert_wiped("wiped").await;
    assert_eq!(world.wipe().await.unwrap(), Wiped { complete: true, ..Wiped::default() });
    world.assert_the_past_stays_out().await;
}

#[tokio::test]
async fn rule_45_a_wipe_that_dies_at_any_write_is_ended_by_the_next_run() {
    for n in 0.. {
        let world = World::start();
        world.fill().await;
        world.cloud.store().deny_writes_after(n);
        let is_whole = world.wipe().await.is_ok();
        world.cloud.store().reset();
        // The note of it comes first: without it nothing was begun.
        if n == 0 {
            continue;
        }
        assert!(erase_due(&world.people_deps(), deadline()).await.unwrap().complete);
        world.assert_wiped(&format!("died after {n} writes")).await;
        if is_whole {
            assert!(n > 10);
            return world.assert_the_past_stays_out().await;
        }
    }
}

#[tokio::test]
async fn rule_45_a_run_without_time_leaves_a_wipe_to_the_next_one() {
    let world = World::start();
    world.fill().await;
    let none = Deadline::new(Duration::ZERO, None);
    let begun = wipe_now(&world.people_deps(), none, guild()).await.unwrap();
    assert_eq!(begun, Wiped::default());
    let report = erase_due(&world.people_deps(), deadline()).await.unwrap();
    assert_eq!((report.guilds, report.complete), (1, true));
    world.assert_wiped("the next run").await;
}

/// The same, and then what was said before does not come in.
async fn wiped_at_every_write<W: Future<Output = ()>>(
    prepare: impl AsyncFn(&World),
    work: impl Fn(Arc<World>) -> W,
    least: u64,
) {
    wiped_at_every_write_and(prepare, work, least, async |world| world.assert_the_past_stays_out().await).await;
}

/// Has the guild wiped while each of the writes of `work` in turn has been sent and has not arrived.
async fn wiped_at_every_write_and<W: Future<Output = ()>>(
    prepare: impl AsyncFn(&World),
    work: impl Fn(Arc<World>) -> W,
    least: u64,
    after: impl AsyncFn(&World),
) {
    for n in 0.. {
        let world = Arc::new(World::start());
        prepare(&world).await;
        let held = world.cloud.store().hold_write_after(n);
        let mut work = std::pin::pin!(work(world.clone()));
        tokio::select! {
            () = &mut work => {
                assert!(n >= least, "only {n} writes");
                return;
            }
            () = held.begun() => {}
        }
        let wipe = async {
            // It may meet what is under way, and is gone on with.
            drop(world.wipe().await);
            held.release();
        };
        tokio::join!(work, wipe);
        world.cloud.store().reset();
        let stored = world.everything_stored().await;
        let words: Vec<&str> = stored.lines().filter(|item| item.contains("zebra")).collect();
        assert!(words.is_empty(), "wiped at write {n}: {words:#?}");
        after(&world).await;
    }
}

#[tokio::test]
async fn rule_45_a_wipe_wins_over_messages_that_are_coming_in() {
    let work = async |world: Arc<World>| drop(world.ingest(messages()).await);
    wiped_at_every_write(async |_| {}, work, 5).await;
}

#[tokio::test]
async fn rule_45_a_wipe_wins_over_a_sync() {
    let work = async |world: Arc<World>| drop(world.sync(&discord()).await);
    let read_again = async |world: &World| {
        world.clock.set("2026-11-22T13:30:00Z");
        world.sync(&discord()).await.unwrap();
        let stored = world.everything_stored().await;
        let words: Vec<&str> = stored.lines().filter(|item| item.contains("zebra-")).collect();
        assert!(words.is_empty(), "read again: {words:#?}");
    };
    wiped_at_every_write_and(async |_| {}, work, 6, read_again).await;
}

/// Who dies before they look again is found by the second look.
#[tokio::test]
async fn rule_45_what_comes_in_by_who_dies_is_gone_a_quarter_of_an_hour_later() {
    for n in 0.. {
        let world = World::start();
        let held = world.cloud.store().hold_write_after(n);
        let mut ingest = std::pin::pin!(world.ingest(messages()));
        tokio::select! {
            _ = &mut ingest => {
                assert!(n > 4, "only {n} writes");
                return;
            }
            () = held.begun() => {}
        }
        let wipe = async {
            drop(world.wipe().await);
            world.cloud.store().deny_writes_after(1);
            held.release();
        };
        drop(tokio::join!(ingest, wipe));
        world.cloud.store().reset();
        world.clock.set("2026-11-22T12:16:00Z");
        assert!(erase_due(&world.people_deps(), deadline()).await.unwrap().complete);
        let stored = world.everything_stored().await;
        let words: Vec<&str> = stored.lines().filter(|item| item.contains("zebra")).collect();
        assert!(words.is_empty(), "wiped at write {n}: {words:#?}");
    }
}

#[tokio::test]
async fn rule_45_a_wipe_wins_over_builds_and_merges() {
    let prepare = async |world: &World| drop(world.ingest(messages()).await.unwrap());
    let work = async |world: Arc<World>| drop(world.memories(&[ANN, BEN]).await);
    wiped_at_every_write(prepare, work, 8).await;
}

#[tokio::test]
async fn rule_45_a_wipe_wins_over_what_is_being_taught() {
    let work = async |world: Arc<World>| {
        let event = json!({"user_id": ANN.to_string(), "op": "remember", "text": "zebra-late"});
        // What began before is refused.
        let _ = world.people(event).await;
    };
    wiped_at_every_write(async |_| {}, work, 1).await;
}

#[tokio::test]
async fn rule_45_a_guild_that_removed_the_app_is_wiped_when_its_time_is_over() {
    let world = World::start();
    world.fill().await;
    assert!(guild_left(&world.people_deps(), guild()).await.unwrap());
    world.clock.set("2026-12-22T11:59:00Z");
    let report = erase_due(&world.people_deps(), deadline()).await.unwrap();
    assert_eq!((report.guilds, report.complete), (0, true));
    assert!(world.everything_stored().await.contains("zebra-words"));
    world.clock.set("2026-12-22T12:00:00Z");
    let report = erase_due(&world.people_deps(), deadline()).await.unwrap();
    assert_eq!((report.guilds, report.complete), (1, true));
    world.assert_wiped("its time was over").await;
}

#[tokio::test]
async fn rule_46_what_has_expired_is_not_handed_out_while_it_is_there_still() {
    let world = World::start();
    world.fill().await;
    let export = async || world.people(json!({"user_id": ANN.to_string(), "op": "export"})).await.unwrap();
    let first = export().await;
    assert!(first["memory"].is_object() && first["messages"].as_array().unwrap().len() == 2);
    world.clock.set("2027-01-20T12:00:00Z");
    let later = export().await;
    assert_eq!((&later["memory"], &later["messages"]), (&Value::Null, &json!([])));
    assert!(world.everything_stored().await.contains("zebra-words"), "nobody has swept");
}

#[tokio::test]
async fn rule_46_a_summary_that_has_ended_is_in_no_export() {
    let world = World::start();
    world.fill().await;
    let days = async |retention: SummaryRetention| {
        let deps = people::Deps { summary_retention: retention, ..world.people_deps() };
        let event = json!({"guild_id": guild(), "user_id": ANN.to_string(), "op": "export"});
        let answer = people::people(&deps, deadline(), decode(event).unwrap()).await.unwrap();
        serde_json::to_value(answer).unwrap()["days"].as_array().unwrap().len()
    };
    let week = SummaryRetention::of_days(7);
    assert_eq!(days(week).await, 2);
    world.clock.set("2026-11-28T00:00:00Z");
    assert_eq!((days(week).await, days(SummaryRetention::default()).await), (1, 2));
}
