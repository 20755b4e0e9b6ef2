//! Communities as large as the contract promises.

use serde_json::{Value, json};

use crate::world::{World, days_ago, message, nth};

#[tokio::test]
async fn a_day_of_two_thousand_messages_by_five_hundred_people() {
    let world = World::start();
    let day = days_ago(2);
    let text = |n: u32| format!("message {n} about topic-{} {}", n % 500, "🐝🍯".repeat(120));
    let author = |n: u32| u64::from(1_000 + n % 500);
    let messages: Vec<Value> =
        (0..2_000).map(|n| message(nth(day, n), author(n), &format!("Member {}", n % 500), &text(n))).collect();
    let report = world.ingest(&messages).await;
    assert_eq!(report["stored"], 2_000);
    assert_eq!(world.ingest(&messages).await["unchanged"], 2_000);

    let people: Vec<u64> = (1_000..1_100).collect();
    let (answer, cost) = world.counted(world.memories(&people)).await;
    assert_eq!((answer["days"][day.to_string()].as_str(), &answer["errors"]), (Some("built"), &json!([])));
    assert_eq!(cost.model_calls, 1, "one batch call for everybody");
    for person in &people {
        let memory = answer["memories"][person.to_string()].as_str().unwrap();
        assert!(memory.contains(&format!("about topic-{} ", person - 1_000)), "{person}: {memory}");
    }

    let (again, cost) = world.counted(world.memories(&people)).await;
    assert_eq!(again["memories"], answer["memories"]);
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None));
    let whole = world.summary(day).await.unwrap();
    let texts = whole["summaries"].as_object().unwrap();
    let bytes: usize = texts.values().map(|text| text.as_str().unwrap().len()).sum();
    assert_eq!(texts.len(), 500);
    assert!(bytes > 350 * 1024, "more than one item holds: {bytes}");
}
