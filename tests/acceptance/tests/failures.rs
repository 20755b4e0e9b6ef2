//! What fails takes nothing else with it.

use local_cloud::{EmulatorOptions, Fault, Nowhere, Rule, Task};
use serde_json::json;

use crate::world::{World, days_ago, message, nth};

async fn three_days(world: &World) {
    let said = |days, text: &str| message(nth(days_ago(days), 1), 10, "Ann", text);
    world.ingest(&[said(4, "I bought a boat"), said(3, "the boat leaks"), said(2, "the boat sank")]).await;
}

fn fault(date: u16, fault: Fault) -> Rule {
    let date = Some(days_ago(date).to_string());
    Rule { task: Some(Task::DailySummary), date, fault: Some(fault), ..Rule::default() }
}

#[tokio::test]
async fn a_day_that_fails_is_the_only_one_called_again() {
    let world = World::start();
    three_days(&world).await;
    world.cloud.model().set(vec![fault(3, Fault::Status(503))]);
    let first = world.memories(&[10]).await;
    let text = first["memories"]["10"].as_str().unwrap();
    assert!(text.contains("bought") && text.contains("sank") && !text.contains("leaks"), "{first}");
    let failed = json!([{"date": days_ago(3), "error": "ModelUnavailable"}]);
    assert_eq!((&first["errors"], &first["days"][days_ago(3).to_string()]), (&failed, &json!("failed")));

    world.cloud.model().set(vec![]);
    let (second, cost) = world.counted(world.memories(&[10])).await;
    assert!(second["memories"]["10"].as_str().unwrap().contains("leaks"));
    assert_eq!((cost.lambda_invocations["daily_summary"], cost.model_calls), (1, 2), "that day, and the merge");
}

#[tokio::test]
async fn rule_10_a_model_that_refuses_is_left_alone_by_all_and_the_caller_told_until_when() {
    let world = World::start();
    three_days(&world).await;
    let limited = Rule { fault: Some(Fault::RateLimited { retry_delay_s: 600 }), ..Rule::default() };
    world.cloud.model().set(vec![limited]);
    world.remember(10, "likes tea").await;
    world.memories(&[10]).await;
    let asked = world.cloud.model().model_calls();
    assert!(asked <= 6, "three days and two models: {asked}");
    assert!(world.emulator.kill_one("get_memories"), "the next one has heard of it from others only");
    let (second, cost) = world.counted(world.memories(&[10])).await;
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None), "it fails at once");
    assert_eq!(second["memories"]["10"], "- likes tea");
    for error in second["errors"].as_array().unwrap() {
        let wait = error["retry_after_s"].as_u64().unwrap();
        assert!(error["error"] == "RateLimited" && (500..=600).contains(&wait), "{error}");
    }
}

#[tokio::test]
async fn every_way_a_model_can_fail_leaves_the_rest_in_place() {
    let world = World::start();
    three_days(&world).await;
    let faults = [
        (Fault::Status(503), "ModelUnavailable"),
        (Fault::MaxTokens, "ModelUnavailable"),
        (Fault::Malformed, "ModelUnavailable"),
        (Fault::Empty, "ModelUnavailable"),
        (Fault::CutBody, "ModelUnavailable"),
    ];
    for (what, error) in faults {
        world.cloud.model().set(vec![fault(3, what)]);
        let answer = world.memories(&[10]).await;
        assert_eq!(answer["errors"][0]["error"], error, "{what:?}");
        assert!(answer["memories"]["10"].as_str().unwrap().contains("sank"), "{what:?}");
    }
    world.cloud.model().set(vec![fault(3, Fault::Safety)]);
    let answer = world.memories(&[10]).await;
    assert_eq!((&answer["days"][days_ago(3).to_string()], &answer["errors"]), (&json!("blocked"), &json!([])));
}

#[tokio::test]
async fn a_model_that_cannot_be_reached_leaves_the_facts_and_the_cached_days() {
    let nowhere = Nowhere::new().unwrap();
    let world = World::with(EmulatorOptions::default().env("get_memories", "GEMINI_BASE_URL", nowhere.url()));
    three_days(&world).await;
    world.remember(10, "likes tea").await;
    let answer = world.memories(&[10]).await;
    let text = answer["memories"]["10"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "- likes tea");
    assert!(lines[1].starts_with(&days_ago(2).to_string()) && lines[1].contains("sank"), "{text}");
    assert!(lines[3].starts_with(&days_ago(4).to_string()) && lines[3].contains("bought"), "{text}");
    assert_eq!(answer["sources"]["10"], "unmerged");
    assert_eq!(answer["errors"], json!([{"user_id": "10", "error": "ModelUnavailable"}]));
}

#[tokio::test]
async fn a_summary_model_that_cannot_be_reached_leaves_the_facts() {
    let nowhere = Nowhere::new().unwrap();
    let world = World::with(EmulatorOptions::default().env("daily_summary", "GEMINI_BASE_URL", nowhere.url()));
    three_days(&world).await;
    world.remember(10, "likes tea").await;
    let answer = world.memories(&[10]).await;
    assert_eq!((&answer["memories"]["10"], &answer["sources"]["10"]), (&json!("- likes tea"), &json!("facts")));
    assert_eq!(answer["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_store_unavailable() {
    let functions = ["ingest_messages", "daily_summary", "get_memories", "people"];
    let nowhere = Nowhere::new().unwrap();
    let options = functions
        .into_iter()
        .fold(EmulatorOptions::default(), |all, one| all.env(one, "AWS_ENDPOINT_URL_DYNAMODB", nowhere.url()));
    let world = World::with(options);
    let guild = crate::world::GUILD;
    let events = [
        json!({"guild_id": guild, "messages": [message(nth(days_ago(2), 1), 10, "Ann", "hi")]}),
        json!({"guild_id": guild, "date": days_ago(2)}),
        json!({"guild_id": guild, "user_ids": ["10"]}),
        json!({"guild_id": guild, "user_id": "10", "op": "facts"}),
    ];
    for (function, event) in functions.into_iter().zip(events) {
        let failed = world.call(function, event).await.unwrap_err();
        assert_eq!(failed.error_type, "StoreUnavailable", "{function}: {failed:?}");
    }
}

#[tokio::test]
async fn rule_14_messages_that_cannot_be_read_are_a_failed_day_and_no_empty_one() {
    let world = World::start();
    three_days(&world).await;
    world.cloud.store().fail_next("Query", 1_000);
    let answer = world.memories(&[10]).await;
    assert_eq!(answer["days"][days_ago(2).to_string()], "failed");
    assert_eq!(answer["errors"][0]["error"], "StoreUnavailable");
    world.cloud.store().reset();
    let answer = world.memories(&[10]).await;
    assert_eq!(answer["days"][days_ago(2).to_string()], "built");
}

#[tokio::test]
async fn half_of_all_store_requests_throttled_changes_no_answer() {
    let world = World::start();
    world.cloud.store().throttle_every(2, local_cloud::Throttle::ProvisionedThroughput);
    three_days(&world).await;
    let answer = world.memories(&[10]).await;
    assert_eq!((&answer["errors"], &answer["sources"]["10"]), (&json!([]), &json!("merged")));
}

#[tokio::test]
async fn a_missing_or_wrong_variable_stops_a_function_at_init_with_its_name() {
    let wrong = [
        ("people", "MEMORY_TABLE", "", "MEMORY_TABLE: is missing"),
        ("ingest_messages", "MESSAGE_RETENTION_DAYS", "7", "MESSAGE_RETENTION_DAYS: must be a whole number from 8 "),
        ("daily_summary", "SUMMARY_MODELS", "nobody:x", "SUMMARY_MODELS: must be a comma-separated list of models"),
        ("get_memories", "GEMINI_API_KEY_PARAMETER", "/no/such", "the SSM parameter /no/such cannot be read"),
    ];
    let options = wrong
        .iter()
        .fold(EmulatorOptions::default(), |all, (function, variable, value, _)| all.env(function, variable, value));
    let world = World::with(options);
    for (function, _, _, said) in wrong {
        let failed = world.call(function, json!({})).await.unwrap_err();
        assert_eq!(failed.error_type, "Runtime.ExitError", "{function}");
        let logs = world.emulator.logs_of(function);
        assert!(logs.contains(said), "{function}: {logs}");
    }
}
