//! Who is asked for does not wait (DESIGN rule 38).

use super::*;
use crate::{domain::UserId, ports::NoteAskedFor as _};

fn user(n: u64) -> UserId {
    n.try_into().unwrap()
}

fn working(now: &str) -> World {
    let functions = ScriptedFunctions::new(|request| panic!("{} is asked for behind", request.date));
    World { functions, ..World::at(now) }
}

async fn noted(world: &World, n: u64, at: &str) {
    world.store.note_asked_for(guild(), &[(user(n), None)], at.parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn rule_38_who_was_asked_for_in_the_last_day_is_kept_warm_by_every_run() {
    let world = working(NOON);
    noted(&world, 10, "2026-11-22T11:59:00Z").await;
    noted(&world, 11, "2026-11-21T12:00:01Z").await;
    noted(&world, 12, "2026-11-21T12:00:00Z").await;
    for runs in 1..=2 {
        let report = world.sync().await;
        assert_eq!((report.kept_warm, report.problems.len()), (2, 0));
        assert_eq!(world.functions.handed_over(), [user(10), user(11)].repeat(runs), "the last one first");
    }
}

#[tokio::test]
async fn rule_38_nobody_was_asked_for_and_nothing_is_invoked() {
    let world = working(NOON);
    let report = world.sync().await;
    assert_eq!((report.kept_warm, world.functions.handed_over().len()), (0, 0));
}

#[tokio::test]
async fn rule_38_of_many_the_last_thousand_are_kept_warm() {
    let world = working(NOON);
    let users: Vec<(UserId, Option<Timestamp>)> = (1..=1_001).map(|n| (user(n), None)).collect();
    world.store.note_asked_for(guild(), &users, "2026-11-22T11:00:00Z".parse().unwrap()).await.unwrap();
    noted(&world, 1_001, "2026-11-22T11:30:00Z").await;
    assert_eq!(world.sync().await.kept_warm, 1_000);
    let warmed = world.functions.handed_over();
    assert!(warmed.contains(&user(1_001)) && !warmed.contains(&user(1_000)));
}

#[tokio::test]
async fn rule_38_a_guild_that_is_not_read_to_its_end_is_kept_warm_once_it_is() {
    let world = working(NOON);
    noted(&world, 10, "2026-11-22T11:59:00Z").await;
    world.discord.state().sees_content = Some(false);
    let hidden = HistoryEntry { id: id("2026-11-21T10:00:00Z", 1), kind: EntryKind::Hidden };
    world.discord.state().write(channel(GENERAL), hidden);
    let report = world.sync().await;
    assert_eq!((report.complete, report.kept_warm), (false, 0), "days would be made of half of what was said");
    world.discord.state().sees_content = Some(true);
    assert_eq!(world.sync().await.kept_warm, 1);
}
