//! Reading from Discord, over the real binaries.

use guild_memory::{
    domain::{Day, MessageId},
    testing::id_at,
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::EmulatorOptions;
use serde_json::{Value, json};

use crate::world::{GUILD, World, until};

const CHANNEL: &str = "998100000000000700";
const READING: &str = "66560";

/// A guild with one channel that everybody may read, and functions that read it.
fn world() -> World {
    world_with(EmulatorOptions::default())
}

fn world_with(options: EmulatorOptions) -> World {
    let world = World::with(options.env("sync_messages", "DISCORD_GUILDS", GUILD));
    world.cloud.discord().put_guild(GUILD, READING);
    world.cloud.discord().put_channel(GUILD, json!({"id": CHANNEL, "type": 0}));
    world
}

/// A moment of a day that is closed, whenever the test runs, and recent enough to be looked through again.
fn thirty_hours_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(30)
}

fn say(world: &World, id: MessageId, author: u64, content: &str) {
    let message = json!({
        "id": id, "type": 0, "content": content, "author": {"id": author.to_string(), "username": "x", "global_name": "Ann"},
    });
    world.cloud.discord().put_message(GUILD, CHANNEL, id.get(), Some(message));
}

async fn sync(world: &World) -> Value {
    let report = world.call("sync_messages", json!({})).await.unwrap();
    world.cloud.lambda().wait_until_idle().await;
    report["guilds"][0].clone()
}

#[tokio::test]
async fn yesterday_is_final_before_anybody_asks() {
    let world = world();
    let at = thirty_hours_ago();
    say(&world, id_at(at, 1), 10, "I bought a boat");
    let report = sync(&world).await;
    let day = Day::of(at);
    assert_eq!((&report["stored"], &report["complete"], &report["closing"]), (&json!(1), &json!(true), &json!(day)));
    assert_eq!(world.cloud.model().model_calls(), 1);
    let (answer, cost) = world.counted(world.memories(&[10])).await;
    assert_eq!(answer["days"][day.to_string()], "cached");
    assert!(answer["memories"]["10"].as_str().unwrap().contains("boat"));
    assert_eq!(cost.model_calls, 0, "whoever asks first does not wait");
    assert_eq!(sync(&world).await["closing"], Value::Null);
}

#[tokio::test]
async fn rule_38_who_was_asked_for_finds_what_is_new_and_does_not_wait_for_a_model() {
    let world = world();
    say(&world, id_at(thirty_hours_ago(), 1), 10, "I bought a boat");
    assert_eq!(sync(&world).await["kept_warm"], 0, "nobody was asked for");
    // An answer waits for no note: where that takes long, the next one brings it.
    while !world.everything_stored().await.contains("#ASKED_FOR") {
        world.memories(&[10]).await;
    }
    say(&world, id_at(Timestamp::now() - SignedDuration::from_mins(1), 2), 10, "the boat has sunk");
    assert_eq!(sync(&world).await["kept_warm"], 1);
    let (answer, cost) = world.counted(world.memories(&[10])).await;
    assert!(answer["memories"]["10"].as_str().unwrap().contains("sunk"), "{answer}");
    assert_eq!((&answer["sources"]["10"], cost.model_calls), (&json!("summary"), 0), "{answer}");
}

#[tokio::test]
async fn rule_19_what_was_deleted_in_discord_is_gone_everywhere_after_the_sync_that_noticed() {
    let world = world();
    let (kept, deleted) = (id_at(thirty_hours_ago(), 1), id_at(thirty_hours_ago(), 2));
    say(&world, kept, 10, "I bought a boat");
    say(&world, deleted, 10, "my secretword is gone");
    sync(&world).await;
    assert!(world.memories(&[10]).await["memories"]["10"].as_str().unwrap().contains("secretword"));
    world.cloud.discord().put_message(GUILD, CHANNEL, deleted.get(), None);
    assert_eq!(sync(&world).await["deleted"], 0, "it is looked through once an hour");

    world.an_hour_passes_for(CHANNEL).await;
    assert_eq!(sync(&world).await["deleted"], 1);
    let everything = world.everything_stored().await;
    assert!(!everything.contains("secretword") && everything.contains("bought a boat"), "{everything}");
    let answer = world.memories(&[10]).await.to_string();
    assert!(!answer.contains("secretword") && answer.contains("boat"), "{answer}");
    assert!(!world.emulator.logs().contains("secretword"));
}

#[tokio::test]
async fn a_function_that_is_killed_is_gone_on_with() {
    let world = world();
    let begin = thirty_hours_ago();
    for n in 0..2_000 {
        say(&world, id_at(begin + SignedDuration::from_secs(n), 1), 10 + n as u64 % 9, &format!("word-{n}"));
    }
    let killed = async {
        world.cloud.discord().wait_for_requests(8).await;
        assert!(world.emulator.kill_one("sync_messages"));
    };
    let (report, ()) = tokio::join!(world.call("sync_messages", json!({})), killed);
    assert!(report.is_err(), "it died on the way: {report:?}");
    let world = world.with_functions_again(EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", GUILD));
    let report = sync(&world).await;
    let stored = report["stored"].as_u64().unwrap();
    assert!(report["complete"] == true && stored < 2_000 && stored > 0, "{report}");
    let everything = world.everything_stored().await;
    assert!((0..2_000).all(|n| everything.contains(&format!("\"word-{n}\""))));
}

#[tokio::test]
async fn what_keeps_it_from_reading_is_said_in_words() {
    let wrong = EmulatorOptions::default().env("sync_messages", "DISCORD_BOT_TOKEN", "wrong");
    let failed = world_with(wrong).call("sync_messages", json!({})).await.unwrap_err();
    assert!(failed.message.contains("does not know the bot token"), "{failed:?}");

    let elsewhere = EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", "5");
    let report = World::with(elsewhere).call("sync_messages", json!({})).await.unwrap();
    assert!(report["guilds"][0]["problems"][0].as_str().unwrap().contains("not in this guild"), "{report}");

    let unnamed = World::start().call("sync_messages", json!({})).await.unwrap_err();
    assert!(unnamed.message.contains("DISCORD_GUILDS"), "{unnamed:?}");

    let world = world();
    world.cloud.discord().set_application_flags(0);
    say(&world, id_at(thirty_hours_ago(), 1), 10, "");
    let report = sync(&world).await;
    assert!(report["problems"][0].as_str().unwrap().contains("Message Content Intent"), "{report}");
    assert!(world.emulator.logs_of("sync_messages").contains("sync_problem"));
}

#[tokio::test]
async fn rule_31_a_process_with_a_dead_token_reads_the_parameter_again() {
    const PARAMETER: &str = "/guild-memory/discord-bot-token";
    let world = world();
    world.cloud.put_parameter(PARAMETER, "the old one");
    let before = world.cloud.parameter_reads();
    let options = EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", GUILD);
    let world = world.with_functions_again(options.processes("sync_messages", 1));
    until(|| world.cloud.parameter_reads() > before).await;
    say(&world, id_at(thirty_hours_ago(), 1), 10, "I bought a boat");
    world.cloud.put_parameter(PARAMETER, "local-cloud-key");
    assert_eq!(sync(&world).await["stored"], 1);
    assert!(world.emulator.logs_of("sync_messages").contains("key_refused"));
}
