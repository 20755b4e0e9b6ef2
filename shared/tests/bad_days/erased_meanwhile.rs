//! Somebody is erased, or opts out, at each write of everything that could bring back what they wrote: messages that come in, an
//! import, a sync, builds and merges, and what is being taught.

use std::{future::Future, sync::Arc};

use guild_memory::{
    domain::{Channel, ChannelKind, Mention, Overwrite, Permissions},
    ports::{EntryKind, HistoryEntry},
    testing::{ScriptedDiscord, message_at},
};
use serde_json::{Value, json};

use super::{
    erasures::{ANN, BEN, DATE, OTHER, TODAY, hers, messages},
    world::{World, day, text, user},
};

/// What becomes of whoever sent the write that was held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoesOn,
    /// With that write.
    Dies,
}

/// Has her do that while each of the writes of `work` in turn has been sent and has not arrived.
async fn at_every_write<W: Future<Output = ()>>(
    op: &str,
    prepare: impl AsyncFn(&World),
    work: impl Fn(Arc<World>) -> W,
    least: u64,
    then: Then,
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
        let erase = async {
            world.decide(op).await.unwrap();
            // What is noted from now on is not from before.
            world.clock.set("2026-11-22T12:01:00Z");
            if then == Then::Dies {
                world.cloud.store().deny_writes_after(1);
            }
            held.release();
        };
        tokio::join!(work, erase);
        world.cloud.store().reset();
        world.assert_no_word_is_left(&format!("{op} at write {n}")).await;
        let after = world.memories(&[ANN, BEN]).await;
        assert_eq!(text(&after, ANN), "", "{op} at write {n}");
        world.assert_no_word_is_left(&format!("{op} at write {n}, and asked for again")).await;
    }
}

#[tokio::test]
async fn rule_41_an_erase_wins_over_messages_that_are_coming_in() {
    let work = async |world: Arc<World>| {
        drop(world.ingest(json!({"messages": messages()})).await);
    };
    for then in [Then::GoesOn, Then::Dies] {
        at_every_write("erase", async |_| {}, work, 5, then).await;
    }
    at_every_write("opt_out", async |_| {}, work, 5, Then::GoesOn).await;
}

/// Several calls at once, as `guild-memory import` sends them, with what is long past in them.
#[tokio::test]
async fn rule_41_an_erase_wins_over_an_import() {
    let work = async |world: Arc<World>| {
        let (first, second): (Vec<Value>, Vec<Value>) =
            messages().into_iter().partition(|one| one["edited_at"].is_null());
        let past: Vec<Value> = (1..4).map(|n| hers(&format!("2019-03-0{n}"), "09:00", "zebra-past")).collect();
        let piece = |messages: Vec<Value>| world.ingest(json!({"messages": messages}));
        drop(tokio::join!(piece(first), piece(second), piece(past)));
    };
    for then in [Then::GoesOn, Then::Dies] {
        at_every_write("erase", async |_| {}, work, 8, then).await;
    }
}

/// A Discord with what she and Ben wrote in it, and her nick.
pub(super) fn discord() -> ScriptedDiscord {
    let discord = ScriptedDiscord::default();
    let mut state = discord.state();
    state.channels.roles.everyone = Permissions::read("66560").unwrap();
    let channel = Channel {
        id: "7".parse().unwrap(),
        kind: ChannelKind::Text,
        parent: None,
        last_message: None,
        age_restricted: false,
        everyone: Overwrite { allow: Permissions::NONE, deny: Permissions::NONE },
        roles: [].into(),
    };
    state.channels.channels.insert(channel.id, channel);
    let hers = [(DATE, "09:01", "zebra-plain"), (DATE, "09:05", "zebra-reply"), (TODAY, "09:02", "zebra-today")];
    let hers = hers.map(|(date, time, words)| {
        let mut message = message_at(day(date), time, 1, "zebra-name", words);
        message.author.id = user(ANN);
        message
    });
    let mut mention = message_at(day(OTHER), "09:10", BEN, "Ben", &format!("harmless fact <@{ANN}>"));
    mention.body.mentions = vec![Mention { id: user(ANN), name: "zebra-mention".into() }];
    for message in hers.into_iter().chain([mention]) {
        let entry = HistoryEntry { id: message.id, kind: EntryKind::Said(Box::new(message)) };
        state.write("7".parse().unwrap(), entry);
    }
    state.nicks.insert(user(ANN), "zebra-nick".into());
    drop(state);
    discord
}

#[tokio::test]
async fn rule_41_an_erase_wins_over_a_sync() {
    let work = async |world: Arc<World>| drop(world.sync(&discord()).await);
    for then in [Then::GoesOn, Then::Dies] {
        at_every_write("erase", async |_| {}, work, 6, then).await;
    }
    at_every_write("opt_out", async |_| {}, work, 6, Then::GoesOn).await;
}

/// The next one reads the last 48 hours once more.
#[tokio::test]
async fn rule_41_no_later_sync_brings_back_who_was_erased() {
    for op in ["erase", "opt_out"] {
        let (world, discord) = (World::start(), discord());
        world.sync(&discord).await.unwrap();
        assert!(world.everything_stored().await.contains("zebra-nick"));
        world.decide(op).await.unwrap();
        world.clock.set("2026-11-22T13:30:00Z");
        world.sync(&discord).await.unwrap();
        world.assert_no_word_is_left(&format!("{op}, and read again")).await;
        assert!(text(&world.memories(&[BEN]).await, BEN).contains("harmless"));
    }
}

#[tokio::test]
async fn rule_41_an_erase_wins_over_builds_and_merges() {
    let work = async |world: Arc<World>| drop(world.memories(&[ANN, BEN]).await);
    at_every_write("erase", async |world| world.plant().await, work, 8, Then::GoesOn).await;
    at_every_write("opt_out", async |world| world.plant().await, work, 8, Then::GoesOn).await;
}

#[tokio::test]
async fn rule_41_an_erase_wins_over_what_is_being_taught() {
    let work = async |world: Arc<World>| {
        let event = json!({"user_id": ANN.to_string(), "op": "remember", "text": "zebra-late"});
        // What began before is refused.
        let _ = world.people(event).await;
    };
    for op in ["erase", "opt_out"] {
        at_every_write(op, async |_| {}, work, 1, Then::GoesOn).await;
    }
}
