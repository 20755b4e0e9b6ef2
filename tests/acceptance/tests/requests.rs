//! Requests as they come: the events of the repository, and those that are wrong.

use serde_json::{Value, json};

use crate::world::{GUILD, World, message};

fn event(name: &str) -> Value {
    let path = local_cloud::workspace_root().join("events").join(format!("{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn the_events_of_the_repository_work_in_their_order() {
    let world = World::start();
    let stored = world.call("ingest_messages", event("ingest_messages")).await.unwrap();
    assert_eq!((&stored["stored"], &stored["rejected"]), (&json!(4), &json!([])));
    let summary = world.call("daily_summary", event("daily_summary")).await.unwrap();
    assert_eq!(summary["status"], "built");
    assert!(!summary["summaries"].as_object().unwrap().is_empty());
    let memories = world.call("get_memories", event("get_memories")).await.unwrap();
    assert_eq!(memories["errors"], json!([]));
    assert_eq!(world.call("people", event("people")).await.unwrap()["added"], true);
    let memories = world.call("get_memories", event("get_memories")).await.unwrap();
    assert!(memories["sources"].as_object().unwrap().values().any(|source| source == "facts"));
}

#[tokio::test]
async fn the_events_of_discord_are_understood_and_believed_by_nobody() {
    let world = World::start();
    let unsigned = world.call("interactions", event("interactions")).await.unwrap();
    assert_eq!(unsigned["statusCode"], 401, "nobody at Discord has signed it");
    assert_eq!(world.call("respond", event("respond")).await.unwrap(), Value::Null, "nobody waits for it any more");
}

#[tokio::test]
async fn a_wrong_request_is_told_the_field_and_the_limit() {
    let world = World::start();
    let people: Vec<u64> = (1..=101).collect();
    let messages = vec![json!({}); 5_001];
    let wrong = [
        ("get_memories", json!({"user_ids": []}), "missing field `guild_id`"),
        ("get_memories", json!({"guild_id": GUILD, "user_ids": ["ann"]}), "user_ids[0]: not a snowflake"),
        ("get_memories", json!({"guild_id": GUILD, "user_ids": people}), "user_ids: at most 100 people"),
        ("get_memories", json!(null), "the request must be a JSON object"),
        ("daily_summary", json!({"guild_id": GUILD, "date": "2026-02-30"}), "date: not a date"),
        ("daily_summary", json!({"guild_id": GUILD, "date": "8999-01-01"}), "date: lies in the future"),
        ("ingest_messages", json!({"guild_id": GUILD, "messages": messages}), "messages: at most 5000"),
        ("ingest_messages", json!({"guild_id": 0}), "guild_id: not a snowflake"),
        ("people", json!({"guild_id": GUILD, "user_id": "1", "op": "dance"}), "op: expected one of `remember`"),
        ("people", json!({"guild_id": GUILD, "user_id": "1", "op": "remember"}), "missing field `text`"),
    ];
    for (function, event, message) in wrong {
        let failed = world.call(function, event).await.unwrap_err();
        assert_eq!(failed.error_type, "InvalidRequest", "{function}");
        assert!(failed.message.starts_with(message), "{function}: {failed:?}");
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored_and_numbers_are_ids() {
    let world = World::start();
    let day = crate::world::days_ago(2);
    let mut message = message(crate::world::nth(day, 1), 10, "Ann", "hello");
    message["flags"] = json!(64);
    message["author"]["avatar"] = json!(null);
    let guild: u64 = GUILD.parse().unwrap();
    let report =
        world.call("ingest_messages", json!({"guild_id": guild, "messages": [message], "v": 2})).await.unwrap();
    assert_eq!(report["stored"], 1);
}
