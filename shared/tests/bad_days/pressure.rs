//! What odd items do to the core: each seen to fail.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use guild_memory::{contract::DayStatus, domain::Source};
use serde_json::json;

use super::world::{World, guild, text, user};

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";

/// Rule 3: a memory that is there and cannot be read counts as missing and is made again.
#[tokio::test]
#[ignore = "issue H"]
async fn a_memory_that_cannot_be_read_is_made_again_for_the_same_inputs() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
    let first = world.memories(&[10]).await;
    assert_eq!(first.sources[&user(10)], Source::Merged);
    // One attribute of it becomes unreadable: of another version of the product, say.
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", AttributeValue::S(format!("G#{}#P#10", guild())))
        .key("sk", AttributeValue::S("MEMORY".into()))
        .update_expression("SET day_versions = :x")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    let again = world.memories_within(&[10], Duration::from_secs(6)).await;
    println!(
        "corrupt memory: {:?} after {:?}; model calls {}, requests {:?}",
        again.sources[&user(10)],
        begun.elapsed(),
        world.model.calls(),
        world.cloud.counters().dynamodb_requests
    );
    assert_eq!(again.sources[&user(10)], Source::Merged);
}

/// Rule 3 again, for a summary in parts.
#[tokio::test]
#[ignore = "issue H"]
async fn a_summary_whose_part_cannot_be_read_is_made_again() {
    let world = World::with(guild_memory::testing::ScriptedModel::new(|prompt| {
        let members = prompt.data.matches("<member ").count();
        Ok(json!({"summaries": (1..=members).map(|n| json!({"member": format!("m{n}"), "summary": "x".repeat(3_900)})).collect::<Vec<_>>()}).to_string())
    }));
    for n in 1..=200_u64 {
        world.say(DATE, "10:00", n, "hello").await;
    }
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
    let parts = world
        .database
        .query()
        .table_name("MemoryTable")
        .consistent_read(true)
        .key_condition_expression("pk = :pk AND begins_with(sk, :p)")
        .expression_attribute_values(":pk", AttributeValue::S(format!("G#{}#DAY#{DATE}", guild())))
        .expression_attribute_values(":p", AttributeValue::S("PART#".into()))
        .send()
        .await
        .unwrap()
        .items
        .unwrap();
    let part = &parts[0];
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", part["pk"].clone())
        .key("sk", part["sk"].clone())
        .update_expression("SET texts = :x")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    let again = world.summarize(DATE).await;
    println!("corrupt part: {:?}", again.as_ref().map(|report| report.status));
    assert_eq!(again.unwrap().status, DayStatus::Built);
}

/// Rule 19: a purge leaves no words, in an item that cannot be read either.
#[tokio::test]
#[ignore = "issue H"]
async fn a_purge_empties_a_memory_that_cannot_be_read() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.say(OTHER, "10:00", 10, "harmless").await;
    assert!(text(&world.memories(&[10]).await, 10).contains("secret"));
    world
        .database
        .update_item()
        .table_name("MemoryTable")
        .key("pk", AttributeValue::S(format!("G#{}#P#10", guild())))
        .key("sk", AttributeValue::S("MEMORY".into()))
        .update_expression("SET #u = :x")
        .expression_attribute_names("#u", "usage")
        .expression_attribute_values(":x", AttributeValue::S("?".into()))
        .send()
        .await
        .unwrap();
    world.delete(id).await;
    let left = world.everything_stored().await.contains("secret");
    println!("purge of unreadable memory: words left: {left}");
    assert!(!left);
}
