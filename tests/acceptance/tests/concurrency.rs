//! Lambdas that know nothing of each other: they pay once, keep a deadline, and go on where one was stopped.

use futures::future::join_all;
use local_cloud::EmulatorOptions;
use serde_json::json;

use crate::world::{GUILD, World, days_ago, message, nth};

const PEOPLE: [u64; 3] = [10, 11, 12];

async fn three_days(world: &World) {
    let said =
        |days, author: u64| message(nth(days_ago(days), author as u32), author, "Ann", &format!("{author} sailed"));
    let messages: Vec<_> = [4, 3, 2].into_iter().flat_map(|days| PEOPLE.map(|author| said(days, author))).collect();
    world.ingest(&messages).await;
}

#[tokio::test]
async fn rule_9_ten_cold_callers_at_once_pay_what_one_pays() {
    let world = World::with(EmulatorOptions::default().processes("get_memories", 10));
    three_days(&world).await;
    let answers = join_all((0..10).map(|_| world.memories(&PEOPLE))).await;
    assert_eq!(world.cloud.model().model_calls(), 3 + 3, "a day each, and a person each");
    for answer in &answers {
        assert_eq!((&answer["memories"], &answer["errors"]), (&answers[0]["memories"], &json!([])));
    }
}

#[tokio::test]
async fn rule_11_what_is_not_ready_in_time_is_there_for_the_next_request() {
    let world = World::start();
    three_days(&world).await;
    let hold = world.cloud.model().hold();
    let event = json!({"guild_id": GUILD, "user_ids": PEOPLE, "max_wait_ms": 300});
    let answer = world.call("get_memories", event).await.unwrap();
    assert_eq!(answer["days"][days_ago(3).to_string()], "pending");
    assert!(answer["memories"].as_object().unwrap().values().all(|memory| memory.is_null()), "{answer}");
    drop(hold);
    world.cloud.lambda().wait_until_idle().await;
    let (next, _) = world.counted(world.memories(&PEOPLE)).await;
    assert!(next["sources"].as_object().unwrap().values().all(|source| source != "none"), "{next}");
    assert_eq!(next["days"][days_ago(3).to_string()], "cached", "the builds went on in their own Lambdas");
}

#[tokio::test]
async fn rule_11_merges_that_are_not_ready_are_handed_over_once() {
    let world = World::start();
    three_days(&world).await;
    for days in [4, 3, 2] {
        world.summary(days_ago(days)).await.unwrap();
    }
    let hold = world.cloud.model().hold();
    let event = json!({"guild_id": GUILD, "user_ids": PEOPLE, "max_wait_ms": 300});
    let (answer, cost) = world.counted(world.call("get_memories", event)).await;
    assert!(answer.unwrap()["sources"].as_object().unwrap().values().all(|source| source == "unmerged"));
    assert_eq!(cost.lambda_invocations["get_memories"], 2, "the caller's, and the one that goes on");
    drop(hold);
    world.cloud.lambda().wait_until_idle().await;
    let (next, cost) = world.counted(world.memories(&PEOPLE)).await;
    assert!(next["sources"].as_object().unwrap().values().all(|source| source == "cached"), "{next}");
    assert_eq!((cost.model_calls, cost.lambda_invocations["get_memories"]), (0, 1));
}

#[tokio::test]
async fn rule_10_throttled_invocations_are_tried_again() {
    let world = World::start();
    three_days(&world).await;
    world.cloud.lambda().throttle_next("daily_summary", 5);
    let answer = world.memories(&PEOPLE).await;
    assert_eq!(answer["errors"], json!([]));
    assert_eq!(answer["days"][days_ago(3).to_string()], "built");
}

#[tokio::test]
async fn a_process_that_is_stopped_right_after_its_answer_takes_nothing_along() {
    let world = World::start();
    three_days(&world).await;
    let first = world.memories(&PEOPLE).await;
    for function in ["get_memories", "daily_summary"] {
        assert!(world.emulator.kill_one(function));
    }
    let (second, cost) = world.counted(world.memories(&PEOPLE)).await;
    assert_eq!((&second["memories"], cost.model_calls), (&first["memories"], 0));
}

#[tokio::test]
async fn rule_19_a_deleted_word_is_in_no_item_of_any_table() {
    let world = World::start();
    three_days(&world).await;
    let id = nth(days_ago(3), 99);
    world.ingest(&[message(id, 10, "Ann", "the treasure is under the palm")]).await;
    let before = world.memories(&PEOPLE).await;
    assert!(before["memories"]["10"].as_str().unwrap().contains("treasure"));
    world.delete(id).await;
    assert!(!world.everything_stored().await.contains("treasure"));
    let after = world.memories(&PEOPLE).await;
    assert!(!after.to_string().contains("treasure"));
    assert!(!world.everything_stored().await.contains("treasure"));
}
