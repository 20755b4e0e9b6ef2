//! What people are called where sources know different things (DESIGN rule 32), over the real binaries.

use guild_memory::{
    domain::{Day, MessageId},
    testing::id_at,
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{DiscordFault, EmulatorOptions};
use serde_json::{Value, json};

use crate::world::{GUILD, World, message};

const CHANNEL: &str = "998100000000000700";

/// A guild that is read, with one channel.
fn world() -> World {
    let world = World::with(EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", GUILD));
    world.cloud.discord().put_guild(GUILD, "66560");
    world.cloud.discord().put_channel(GUILD, json!({"id": CHANNEL, "type": 0}));
    world
}

/// The `n`th message of a minute that lies in a closed day, whenever the test runs, and is looked through again.
fn nth(n: u64) -> MessageId {
    id_at(Timestamp::now() - SignedDuration::from_hours(30), n)
}

/// A message as the REST API has it: without the guild's member.
fn say(world: &World, id: MessageId, author: u64, name: &str) {
    let author = json!({"id": author.to_string(), "username": "x", "global_name": name});
    let message = json!({"id": id, "type": 0, "content": format!("said as {id}"), "author": author});
    world.cloud.discord().put_message(GUILD, CHANNEL, id.get(), Some(message));
}

async fn sync(world: &World) -> Value {
    let report = world.call("sync_messages", json!({})).await.unwrap();
    world.cloud.lambda().wait_until_idle().await;
    report["guilds"][0].clone()
}

/// The members that the model is shown when it is asked for a day anew.
async fn members(world: &World, day: Day) -> String {
    world.call("daily_summary", json!({"guild_id": GUILD, "date": day, "rebuild": true})).await.unwrap();
    let prompt = world.cloud.model().calls().pop().unwrap().prompt;
    let (from, to) = (prompt.find("<members>").unwrap(), prompt.find("</members>").unwrap());
    prompt[from..to].to_owned()
}

fn asked_for(world: &World, member: u64) -> Vec<u16> {
    let path = format!("/guilds/{GUILD}/members/{member}");
    world.cloud.discord().requests().iter().filter(|one| one.path == path).map(|one| one.status).collect()
}

#[tokio::test]
async fn rule_32_a_nick_is_asked_for_and_does_not_flip_until_it_is_dropped() {
    let world = world();
    let day = nth(1).day();
    let ann = |name: &str| format!(r#"<member id="m1" name="{name}""#);
    world.cloud.discord().put_nick(GUILD, "10", Some("Captain"));
    say(&world, nth(1), 10, "Ann");
    assert_eq!(sync(&world).await["complete"], true);
    assert_eq!(asked_for(&world, 10), [200]);
    let shown = members(&world, day).await;
    assert!(shown.contains(&ann("Captain")) && shown.contains(r#"also_known_as="Ann""#), "{shown}");

    // A caller that knows the account only, and then one that knows an older nick of the member.
    let plain = message(id_at(nth(1).written_at(), 2), 10, "Ann", "no member in it");
    let mut late = message(id_at(nth(1).written_at(), 3), 10, "Ann", "with the member");
    late["member"] = json!({"nick": "Cook", "roles": []});
    let report = world.ingest(&[plain, late]).await;
    assert_eq!(report["stored"], 2, "{report}");
    let shown = members(&world, day).await;
    assert!(shown.contains(&ann("Captain")) && !shown.contains("Cook\" also"), "{shown}");
    let memory =
        world.call("get_memories", json!({"guild_id": GUILD, "user_ids": [10], "prompt": true})).await.unwrap();
    assert!(memory["prompt"].as_str().unwrap().contains(r#"name="Captain""#), "{memory}");

    world.cloud.discord().put_nick(GUILD, "10", None);
    say(&world, id_at(nth(1).written_at(), 4), 10, "Ann");
    sync(&world).await;
    assert!(members(&world, day).await.contains(&ann("Captain")), "known for six hours");
    world.six_hours_pass_for(10).await;
    say(&world, id_at(nth(1).written_at(), 5), 10, "Ann");
    sync(&world).await;
    assert_eq!(asked_for(&world, 10), [200, 200]);
    assert!(members(&world, day).await.contains(&ann("Ann")));
}

#[tokio::test]
async fn rule_32_who_cannot_be_asked_for_has_the_accounts_name() {
    let world = world();
    let day = nth(1).day();
    world.cloud.discord().put_nick(GUILD, "11", Some("Captain"));
    say(&world, nth(1), 10, "Ann");
    say(&world, id_at(nth(1).written_at(), 2), 11, "Ben");
    let forbidden = DiscordFault {
        path: Some("/members/11".into()),
        status: 403,
        code: 50_001,
        times: Some(1),
        ..DiscordFault::default()
    };
    world.cloud.discord().fail(forbidden);
    let report = sync(&world).await;
    assert_eq!((&report["stored"], &report["complete"]), (&json!(2), &json!(true)), "{report}");
    assert_eq!((asked_for(&world, 10), asked_for(&world, 11)), (vec![404], vec![403]));
    let shown = members(&world, day).await;
    assert!(shown.contains(r#"name="Ann"/>"#) && shown.contains(r#"name="Ben"/>"#), "{shown}");

    say(&world, id_at(nth(1).written_at(), 3), 11, "Ben");
    sync(&world).await;
    assert_eq!((asked_for(&world, 10).len(), asked_for(&world, 11)), (1, vec![403, 200]), "the next run asks again");
    assert!(members(&world, day).await.contains(r#"name="Captain""#));
}
