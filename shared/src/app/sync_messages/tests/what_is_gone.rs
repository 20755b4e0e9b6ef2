//! What was edited, deleted, closed or taken away since it was read.

use serde_json::json;

use super::*;
use crate::{
    app::{
        decode,
        ingest_messages::{Batch, BatchWriter, ingest_messages},
    },
    ports::{Clock as _, ReadOpenChannels as _, StoreError},
    testing::ingest_deps,
};

#[tokio::test]
async fn edits_and_deletions_are_found_by_the_next_reconciliation() {
    let world = World::at(NOON);
    let ids: Vec<MessageId> = (0..150).map(|n| id("2026-11-21T10:00:00Z", n)).collect();
    ids.iter().for_each(|id| world.say(GENERAL, *id, "as it was"));
    world.sync().await;
    world.delete(GENERAL, ids[3]);
    world.delete(GENERAL, ids[149]);
    let mut edited = said(GENERAL, ids[120], "edited");
    let EntryKind::Said(message) = &mut edited.kind else { unreachable!() };
    message.body.edited_at = Some("2026-11-22T12:20:00Z".parse().unwrap());
    world.discord.state().write(channel(GENERAL), edited);

    world.clock.set("2026-11-22T12:50:00Z");
    assert_eq!((world.sync().await.deleted, world.stored().len()), (0, 150), "it is not time yet");
    world.clock.set("2026-11-22T13:00:00Z");
    let report = world.sync().await;
    assert_eq!((report.stored, report.updated, report.deleted), (0, 1, 2));
    assert_eq!(world.stored().iter().filter(|text| *text == "edited").count(), 1);
    assert_eq!(world.stored().len(), 148);
}

#[tokio::test]
async fn a_channel_that_is_gone_takes_its_messages_with_it_and_an_archived_thread_does_not() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-21T10:00:00Z", 1), "in a channel");
    world.say(THREAD, id("2026-11-21T10:00:00Z", 2), "in a thread");
    world.say(POST, id("2026-11-21T10:00:00Z", 3), "in a post");
    world.sync().await;
    {
        let mut discord = world.discord.state();
        discord.channels.channels.remove(&channel(THREAD));
        discord.channels.channels.remove(&channel(POST));
        discord.errors.insert(channel(POST), DiscordError::NotFound { code: 10_003 });
    }
    world.clock.set("2026-11-22T13:00:00Z");
    assert_eq!(world.sync().await.deleted, 1, "Discord does not know the post any more");
    assert_eq!(world.stored(), ["in a channel", "in a thread"], "the thread is archived");

    world.discord.state().channels.channels.remove(&channel(GENERAL));
    assert_eq!((world.sync().await.deleted, world.stored().len()), (2, 0), "its threads are gone with a channel");
}

#[tokio::test]
async fn rule_23_what_a_channel_holds_that_cannot_be_read_any_more_is_dropped_on_all_days() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-22T11:59:00Z", 1), "of late");
    world.say(GENERAL, id("2026-11-16T11:59:00Z", 1), "last week");
    world.say(THREAD, id("2026-11-22T11:59:00Z", 2), "elsewhere");
    world.sync().await;
    world.discord.state().without_history.insert(channel(GENERAL));
    world.clock.set("2026-11-22T13:00:00Z");
    let report = world.sync().await;
    assert_eq!((report.deleted, report.forbidden, world.stored()), (2, 1, vec!["elsewhere".to_owned()]));
    assert_eq!(world.sync().await.deleted, 0);
}

#[tokio::test]
async fn rule_23_a_deletion_is_concluded_from_discords_own_word_or_a_full_page() {
    let world = World::at(NOON);
    let ids: Vec<MessageId> = (0..120).map(|n| id("2026-11-21T10:00:00Z", n)).collect();
    ids.iter().for_each(|id| world.say(GENERAL, *id, "said"));
    world.sync().await;
    let at = |hour: u32| world.clock.set(&format!("2026-11-22T{hour}:00:00Z"));
    for (hour, error) in [
        (13, DiscordError::NotFound { code: 0 }),
        (14, DiscordError::Forbidden { code: 0 }),
        (15, DiscordError::NotFound { code: 10_008 }),
        (16, DiscordError::Unavailable { reason: "its answer cannot be read".into() }),
    ] {
        at(hour);
        world.discord.state().errors.insert(channel(GENERAL), error.clone());
        let report = world.sync().await;
        assert_eq!((report.deleted, report.problems.len(), world.stored().len()), (0, 1, 120), "{error}");
    }
    world.discord.state().errors.clear();
    at(17);
    world.discord.state().short_pages = Some(7);
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored().len()), (0, 120), "a page that is short for no reason");
    world.discord.state().short_pages = None;
    world.delete(GENERAL, ids[3]);
    world.delete(GENERAL, ids[119]);
    at(18);
    assert_eq!((world.sync().await.deleted, world.stored().len()), (2, 118));
}

#[tokio::test]
async fn rule_28_a_sweep_leaves_what_is_in_archived_threads_of_open_channels() {
    let world = World::at(NOON);
    archive(&world, 50, "2026-11-20T12:00:00Z");
    archive(&world, 51, "2026-11-10T12:00:00Z");
    for (within, at) in [
        (50, "2026-11-20T10:00:00Z"),
        (51, "2026-11-10T10:00:00Z"),
        (52, "2026-11-20T10:00:00Z"),
        (STAFF, "2026-11-20T10:00:00Z"),
    ] {
        send(&world, within, id(at, within)).await;
    }
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored()), (2, vec!["51".to_owned(), "50".to_owned()]));
}

#[tokio::test]
async fn rule_28_nothing_is_swept_while_discord_does_not_say_what_is_archived() {
    let world = World::at(NOON);
    archive(&world, 50, "2026-11-21T12:00:00Z");
    send(&world, 50, id("2026-11-21T10:00:00Z", 1)).await;
    world.say(50, id("2026-11-21T10:00:00Z", 1), "50");
    send(&world, STAFF, id("2026-11-21T10:00:00Z", 2)).await;
    for error in [
        DiscordError::Unavailable { reason: "503".into() },
        DiscordError::NotFound { code: 0 },
        DiscordError::Refused { status: 400, code: 0 },
    ] {
        world.discord.state().errors.insert(channel(GENERAL), error);
        let report = world.sync().await;
        assert_eq!((report.deleted, world.stored().len()), (0, 2));
        assert!(report.problems.iter().any(|problem| problem.contains("closed")), "{report:?}");
    }
    world.discord.state().errors.clear();
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored(), report.problems.len()), (1, vec!["50".to_owned()], 0));
}

#[tokio::test]
async fn rule_28_a_sweep_that_was_not_finished_is_said_and_gone_on_with() {
    let world = World::at(NOON);
    send(&world, STAFF, id("2026-11-21T10:00:00Z", 1)).await;
    let report = world.sync_within(Duration::ZERO).await.unwrap();
    assert!(!report.complete && report.problems[0].contains("closed"), "{report:?}");
    let report = world.sync().await;
    assert_eq!((report.deleted, report.problems.len(), world.stored().len()), (1, 0, 0));
}

/// A guild that no token read until now: whoever sent its messages decided what is open, after others had looked.
#[tokio::test]
async fn rule_28_what_was_stored_of_late_in_a_closed_channel_is_swept_whoever_kept_the_open_ones() {
    let world = World::at(NOON);
    world.sync().await;
    world.clock.set("2026-11-22T12:30:00Z");
    send(&world, STAFF, id("2026-11-22T12:29:00Z", 1)).await;
    send(&world, GENERAL, id("2026-11-22T12:29:00Z", 2)).await;
    world.say(GENERAL, id("2026-11-22T12:29:00Z", 2), "10");
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored()), (1, vec!["10".to_owned()]));
}

/// Lets a thread of `GENERAL` have been archived at that time.
fn archive(world: &World, thread: u64, at: &str) {
    let mut discord = world.discord.state();
    discord.archived.entry(channel(GENERAL)).or_default().insert(at.parse().unwrap(), channel(thread));
}

/// Lets a caller of `ingest_messages` have sent the number of a channel from it.
async fn send(world: &World, within: u64, id: MessageId) {
    let author = json!({"id": "10", "name": "Ann"});
    let message = json!({"id": id, "channel_id": within, "author": author, "content": within.to_string()});
    let request = decode(json!({"guild_id": "1", "messages": [message]})).unwrap();
    ingest_messages(&ingest_deps(&world.store, &world.clock), request).await.unwrap();
}

#[tokio::test]
async fn rule_28_a_channel_that_was_closed_to_the_public_takes_its_messages_along() {
    let world = World::at(NOON);
    let id = id("2026-11-22T11:00:00Z", 1);
    world.say(GENERAL, id, "somebody's address");
    assert_eq!(world.sync().await.stored, 1);
    // Moderators hide the channel, and delete what was said.
    world.discord.state().channels.channels.get_mut(&channel(GENERAL)).unwrap().everyone.deny =
        Permissions::VIEW_CHANNEL;
    world.delete(GENERAL, id);
    world.clock.set("2026-11-22T13:30:00Z");
    world.sync().await;
    assert_eq!(world.stored(), Vec::<String>::new());
}

#[tokio::test]
async fn rule_23_a_deletion_in_a_channel_that_is_left_out_now_is_noticed() {
    let world = World::at(NOON);
    let (id, later) = (id("2026-11-22T11:00:00Z", 1), id("2026-11-22T11:30:00Z", 1));
    let mut settings =
        GuildSettings { channels: [channel(FORUM), channel(GENERAL)].into(), ..GuildSettings::default() };
    world.store.replace_settings(guild(), &settings).await.unwrap();
    world.say(POST, id, "Ben is to be banned");
    assert_eq!(world.sync().await.stored, 1);
    (settings.channels, settings.revision) = ([channel(GENERAL)].into(), 1);
    world.store.replace_settings(guild(), &settings).await.unwrap();
    world.delete(POST, id);
    world.say(POST, later, "not read any more");
    world.clock.set("2026-11-22T13:30:00Z");
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored()), (1, Vec::<String>::new()));

    (settings.channels, settings.revision) = ([channel(FORUM)].into(), 2);
    world.store.replace_settings(guild(), &settings).await.unwrap();
    assert_eq!((world.sync().await.stored, world.stored().len()), (1, 1), "it is read on from where it was left");
}

#[tokio::test]
async fn rule_23_a_deletion_in_a_channel_that_was_never_read_is_noticed() {
    let world = World::at(NOON);
    let (gone, stays) = (id("2026-11-22T09:00:00Z", 1), id("2026-11-22T09:00:00Z", 2));
    archive(&world, 50, "2026-11-22T10:00:00Z");
    for id in [gone, stays] {
        send(&world, 50, id).await;
        world.say(50, id, "50");
    }
    world.delete(50, gone);
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored().len()), (1, 1), "{report:?}");
    world.delete(50, stays);
    assert_eq!(world.sync().await.deleted, 0, "from then on it is looked at once an hour");
    world.clock.set("2026-11-22T13:00:00Z");
    assert_eq!((world.sync().await.deleted, world.stored().len()), (1, 0));
}

#[tokio::test]
async fn rule_23_a_channel_that_says_by_its_news_that_it_cannot_be_read_any_more_loses_what_is_old() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-16T11:59:00Z", 1), "last week");
    world.sync().await;
    world.discord.state().errors.insert(channel(GENERAL), DiscordError::Forbidden { code: 50_001 });
    world.say(GENERAL, id("2026-11-22T12:01:00Z", 1), "of late");
    let report = world.sync().await;
    assert_eq!((report.deleted, report.forbidden, world.stored().len()), (1, 1, 0));
}

#[tokio::test]
async fn rule_23_what_is_stored_of_an_unreadable_channel_goes_though_the_run_that_was_refused_ends_before() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-17T10:00:00Z", 1), "long ago");
    world.sync().await;
    world.discord.state().errors.insert(channel(GENERAL), DiscordError::Forbidden { code: 50_001 });
    world.say(GENERAL, id("2026-11-22T12:01:00Z", 1), "of late");
    world.clock.set("2026-11-22T12:10:00Z");
    world.store.script_transactions([Some(StoreError::Unavailable { reason: "test".into() })]);
    let report = world.sync().await;
    assert_eq!((report.complete, world.stored()), (false, vec!["long ago".to_owned()]));
    world.clock.set("2026-11-22T12:20:00Z");
    let report = world.sync().await;
    assert_eq!((report.deleted, report.complete, world.stored().len()), (1, true, 0), "{report:?}");
    world.pages();
    world.clock.set("2026-11-22T12:30:00Z");
    world.sync().await;
    assert_eq!(world.pages(), 0, "it is left alone");
}

#[tokio::test]
async fn rule_23_a_404_that_is_not_unknown_channel_deletes_nothing() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-22T11:00:00Z", 1), "said");
    world.sync().await;
    // A page of a proxy: no code. The channel is still in Discord's own list.
    world.discord.state().errors.insert(channel(GENERAL), DiscordError::NotFound { code: 0 });
    world.clock.set("2026-11-22T13:30:00Z");
    let report = world.sync().await;
    assert_eq!((report.deleted, world.stored().len()), (0, 1), "{report:?}");
}

/// A run that decided before the channel closed, stored something after the sweep, and died before it looked again.
#[tokio::test]
async fn rule_28_what_a_run_stored_that_died_is_swept_when_no_such_run_can_be_left() {
    let world = World::at(NOON);
    world.sync().await;
    world.put(GENERAL, ChannelKind::Text, None);
    world.discord.state().channels.channels.get_mut(&channel(GENERAL)).unwrap().everyone.deny =
        Permissions::read(READING).unwrap();
    world.clock.set("2026-11-22T12:10:00Z");
    world.sync().await;
    let HistoryEntry { kind: EntryKind::Said(late), .. } = said(GENERAL, id("2026-11-18T10:00:00Z", 1), "hush") else {
        panic!("somebody said it")
    };
    let decided_by = world.store.open_channels(guild()).await.unwrap().map(|open| open.read_at);
    let (kept_days, least_days, now) = (30, 8, world.clock.now());
    let writer = BatchWriter {
        memory: &world.store,
        messages: &world.store,
        guild: guild(),
        now,
        kept_days,
        least_days,
        decided_by,
    };
    writer.apply_batch(Batch { messages: vec![*late], ..Batch::default() }).await.unwrap();
    assert_eq!(world.stored(), ["hush"]);
    world.clock.set("2026-11-22T12:20:00Z");
    world.sync().await;
    world.clock.set("2026-11-22T12:30:00Z");
    assert_eq!(world.sync().await.deleted, 1);
    assert!(world.stored().is_empty());
}
