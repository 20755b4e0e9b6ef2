//! Who left is noted, and a guild that is wiped is gone, over the real binaries and the policies of the template.

use std::process::Command;

use local_cloud::EmulatorOptions;
use serde_json::json;

use crate::world::{GUILD, World, binaries, days_ago, message, nth};

const ANN: u64 = 998100000000000010;
const BEN: u64 = 998100000000000011;

#[tokio::test]
async fn rule_44_who_leaves_and_comes_back_is_noted() {
    let world = World::with(EmulatorOptions::default());
    world.remember(ANN, "zebrafact").await;
    let op = |user: u64, op: &str| json!({"guild_id": GUILD, "user_id": user, "op": op});
    for (user, operation, noted) in
        [(ANN, "left", true), (BEN, "left", false), (ANN, "came_back", true), (ANN, "left", true)]
    {
        let answer = world.call("people", op(user, operation)).await.unwrap();
        assert_eq!(answer, json!({"noted": noted}), "{user} {operation}");
    }
    let due = world.call("people", json!({"op": "erase_due"})).await.unwrap();
    assert_eq!(due, json!({"members": 0, "guilds": 0, "complete": true}), "nobody's time is over");
    assert!(world.everything_stored().await.contains("zebrafact"));
}

#[tokio::test]
async fn rule_45_nothing_is_left_of_a_guild_that_an_operator_wipes() {
    let world = World::with(EmulatorOptions::default());
    let day = days_ago(2);
    let said =
        [message(nth(day, 1), ANN, "zebraname", "zebrawords"), message(nth(day, 2), BEN, "zebraben", "zebratoo")];
    world.ingest(&said).await;
    world.remember(ANN, "zebrafact").await;
    world.memories(&[ANN, BEN]).await;
    let mut tool = Command::new(binaries().join("guild-memory"));
    tool.args(["guild", "wipe", "--yes", "--guild", GUILD]).arg(format!("--local={}", world.cloud.url()));
    let output =
        tokio::task::spawn_blocking(move || tool.env("NO_PROXY", "127.0.0.1").output().unwrap()).await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("gone: 2 people, 1 days, 2 messages") && told.contains("nothing is left"), "{told}");
    let stored = world.everything_stored().await;
    let left: Vec<&str> = stored.lines().filter(|item| item.contains(&GUILD.to_string())).collect();
    assert!(!stored.contains("zebra") && left.iter().all(|item| item.contains("WIPED")), "{left:#?}");
    assert_eq!(world.ingest(&said).await["stored"], 0, "the past stays out");
    assert!(world.emulator.logs().contains("guild_wiped") && !world.emulator.logs().contains("zebra"));
}
