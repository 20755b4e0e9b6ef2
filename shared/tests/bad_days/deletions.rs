//! Words that are taken back: between two requests, during a build, during a merge. They never come back, and no item of any
//! table holds them.

use guild_memory::{
    contract::{DayStatus, ErrorType},
    domain::Source,
    ports::{ReadDay as _, TextsOf},
    testing::message_at,
};
use serde_json::json;

use super::world::{World, day, guild, text, user};

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";

async fn assert_forgotten(world: &World) {
    assert!(!world.everything_stored().await.contains("secret"));
    let response = world.memories(&[10, 11]).await;
    for n in [10, 11] {
        assert!(!text(&response, n).contains("secret"), "{}", text(&response, n));
        assert!(text(&response, n).contains("harmless"), "{}", text(&response, n));
    }
    assert!(!world.everything_stored().await.contains("secret"));
}

/// A message that is said and deleted while nobody reads the day: so does everybody who writes through a proxy.
#[tokio::test]
async fn rule_5_a_message_that_no_summary_has_seen_takes_nothing_with_it() {
    let world = World::start();
    world.clock.set("2026-11-20T12:00:00Z");
    two_days(&world).await;
    let before = world.memories(&[10, 11]).await;
    let calls = world.model.calls();
    for _ in 0..3 {
        let passing = world.say(DATE, "11:30", 11, "through a proxy").await;
        world.delete(passing).await;
    }
    let after = world.memories(&[10, 11]).await;
    assert_eq!((after.memories, world.model.calls()), (before.memories, calls), "nothing is made anew");
    let stored = world.everything_stored().await;
    assert!(!stored.contains("proxy"), "{stored}");
}

/// A build that died has seen it, and what it kept on the way holds its words.
#[tokio::test]
async fn rule_5_a_message_that_a_build_has_seen_is_purged_also_if_nothing_came_of_it() {
    let world = World::start();
    two_days(&world).await;
    world.model.hold();
    let build = world.summarize(DATE);
    let dies = async { world.model.begun(1).await };
    tokio::select! { _ = build => panic!("the model does not answer"), () = dies => {} }
    let ledger = async || world.memory.read_day(guild(), day(DATE), TextsOf::Everybody).await.unwrap().ledger.unwrap();
    let id = world.say(DATE, "11:01", 10, "harmless as well").await;
    world.delete(id).await;
    assert_eq!(ledger().await.purged_version, 0, "it came in after the messages were read");
    let seen = message_at(day(DATE), "10:00", 11, "x", "").id;
    world.delete(seen).await;
    assert_eq!(ledger().await.purged_version, ledger().await.version);
}

/// Two people, two days, and a message of each day that will be deleted.
async fn two_days(world: &World) -> guild_memory::domain::MessageId {
    for (date, author) in [(DATE, 10), (DATE, 11), (OTHER, 10), (OTHER, 11)] {
        world.say(date, "10:00", author, "harmless").await;
    }
    world.say(DATE, "11:00", 10, "a secret").await
}

#[tokio::test]
async fn between_two_requests() {
    let world = World::start();
    let id = two_days(&world).await;
    let before = world.memories(&[10, 11]).await;
    assert!(text(&before, 10).contains("secret"));
    world.delete(id).await;
    assert_forgotten(&world).await;
}

#[tokio::test]
async fn between_two_requests_with_no_model_to_be_had() {
    let world = World::start();
    let id = two_days(&world).await;
    world.memories(&[10, 11]).await;
    world.delete(id).await;
    world.model.hold();
    let response = world.memories_within(&[10, 11], std::time::Duration::from_millis(300)).await;
    assert!(!text(&response, 10).contains("secret"), "not from the last known good memory either");
    assert_ne!(response.sources[&user(10)], Source::LastKnownGood);
}

#[tokio::test]
async fn after_the_summary_was_swept_that_a_memory_was_made_from() {
    let world = World::start();
    world.clock.set("2026-11-20T12:00:00Z");
    let id = two_days(&world).await;
    let before = world.memories(&[10, 11]).await;
    assert!(text(&before, 10).contains("secret"));
    world.clock.set("2026-11-20T13:30:00Z");
    world.sweep().await;
    world.delete(id).await;
    assert_forgotten(&world).await;
}

#[tokio::test]
async fn during_a_build() {
    let world = World::start();
    let id = two_days(&world).await;
    world.model.hold();
    let build = async { world.summarize(DATE).await.unwrap() };
    let deletion = async {
        world.model.begun(1).await;
        world.delete(id).await;
        world.model.open();
    };
    let (report, ()) = tokio::join!(build, deletion);
    assert_eq!((report.status, &*report.summaries[&user(10)]), (DayStatus::Built, "harmless"));
    assert_forgotten(&world).await;
}

#[tokio::test]
async fn during_a_merge() {
    let world = World::start();
    let id = two_days(&world).await;
    world.summarize(DATE).await.unwrap();
    world.summarize(OTHER).await.unwrap();
    world.model.hold();
    let merge = world.memories(&[10]);
    let deletion = async {
        world.model.begun(3).await;
        world.delete(id).await;
        world.model.open();
    };
    let (response, ()) = tokio::join!(merge, deletion);
    assert!(!text(&response, 10).contains("secret"), "{}", text(&response, 10));
    assert_eq!(response.errors[0].error, ErrorType::Throttled, "the caller may ask again");
    assert_forgotten(&world).await;
}

#[tokio::test]
async fn a_deletion_that_dies_at_any_write_is_finished_by_the_next() {
    for writes in 0..12 {
        let world = World::start();
        let id = two_days(&world).await;
        world.memories(&[10, 11]).await;
        world.cloud.store().deny_writes_after(writes);
        let died = world.ingest(json!({"deleted": [id]})).await.is_err();
        world.cloud.store().reset();
        world.delete(id).await;
        assert_forgotten(&world).await;
        if !died {
            assert!(writes >= 4, "the tombstone, two memories, the summary");
            return;
        }
    }
    panic!("a deletion takes fewer writes");
}

#[tokio::test]
async fn what_was_in_an_earlier_summary_is_purged_too() {
    let world = World::start();
    let id = two_days(&world).await;
    let mine = world.say(DATE, "12:00", 12, "I know a secret").await;
    world.say(OTHER, "12:00", 12, "harmless").await;
    world.memories(&[10, 11, 12]).await;
    // 12 edits the words away, and is in no later summary of that day. A space, as DynamoDB Local keeps no empty strings.
    let edited = json!({"id": mine, "channel_id": "7", "author": {"id": 12, "name": "x"}, "content": " ",
        "edited_at": "2026-11-20T13:00:00Z"});
    world.ingest(json!({"messages": [edited]})).await.unwrap();
    world.memories(&[10, 11]).await;
    world.delete(id).await;
    assert_forgotten(&world).await;
}
