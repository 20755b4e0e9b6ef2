//! Threads that are archived when they are looked for.

use super::*;

/// Lets a thread of `parent` hold a message, and be archived.
fn archived(world: &World, parent: u64, thread: u64, written: &str, at: &str) {
    let mut discord = world.discord.state();
    discord.write(channel(thread), said(thread, id(written, thread), &thread.to_string()));
    discord.archived.entry(channel(parent)).or_default().insert(at.parse().unwrap(), channel(thread));
}

fn looks(world: &World) -> usize {
    std::mem::take(&mut world.discord.state().archive_pages)
}

#[tokio::test]
async fn rule_22_the_first_run_reads_archived_threads_as_far_back_as_everything_else() {
    let world = World::at(NOON);
    archived(&world, GENERAL, 100, "2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z");
    archived(&world, FORUM, 101, "2026-11-18T10:00:00Z", "2026-11-20T10:00:00Z");
    archived(&world, GENERAL, 102, "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z");
    archived(&world, STAFF, 103, "2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z");
    let report = world.sync().await;
    assert_eq!((report.stored, report.complete), (2, true), "{report:?}");
    assert_eq!(world.stored(), ["100", "101"], "not what is older, and not what is closed");
    assert_eq!(looks(&world), 3, "two pages of one channel, where older ones begin, and one of the forum");
    assert_eq!((world.sync().await.stored, looks(&world)), (0, 0), "not again within the hour");
}

#[tokio::test]
async fn rule_22_a_thread_that_began_and_was_archived_between_two_runs_is_read() {
    let world = World::at(NOON);
    world.sync().await;
    looks(&world);
    archived(&world, GENERAL, 100, "2026-11-22T12:01:00Z", "2026-11-22T12:05:00Z");
    archived(&world, FORUM, 101, "2026-11-22T12:01:00Z", "2026-11-22T12:05:00Z");
    // Discord calls the last post of a forum its last message.
    world.discord.state().channels.channels.get_mut(&channel(FORUM)).unwrap().last_message =
        Some(id("2026-11-22T12:01:00Z", 101));
    world.clock.set("2026-11-22T12:10:00Z");
    world.sync().await;
    assert_eq!((world.stored(), looks(&world)), (vec!["101".to_owned()], 1), "a forum says that it has a new post");
    world.clock.set("2026-11-22T13:00:00Z");
    world.sync().await;
    assert_eq!(world.stored(), ["100", "101"], "and a channel is looked through once an hour");
}

#[tokio::test]
async fn rule_22_an_archive_counts_as_looked_through_when_all_that_is_in_it_was_read() {
    let world = World::at(NOON);
    archived(&world, GENERAL, 100, "2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z");
    let unavailable = DiscordError::Unavailable { reason: "503".to_owned() };
    world.discord.state().errors.insert(channel(100), unavailable);
    assert!(!world.sync().await.complete);
    world.discord.state().errors.clear();
    world.clock.set("2026-11-22T12:10:00Z");
    let report = world.sync().await;
    assert_eq!((report.stored, report.complete), (1, true), "{report:?}");
}
