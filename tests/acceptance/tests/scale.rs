//! Communities as large as the contract promises.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::{World, days_ago, message, nth};

const MESSAGES: u32 = 10_000;
const PEOPLE: u32 = 1_500;
/// What a model call may have (DESIGN rule 15).
const MAX_MESSAGES: usize = 800;
const MAX_TOKENS: usize = 60_000;

/// The numbers of the messages in a prompt.
fn messages_in(prompt: &str) -> Vec<u32> {
    let number = |tag: &str| tag.split('"').next().and_then(|number| number.parse().ok());
    prompt.split("<message id=\"").skip(1).filter_map(number).collect()
}

/// The members a prompt lists, and how many of them wrote none of its messages.
fn silent_members(prompt: &str) -> usize {
    let members = prompt.split("<member id=\"").skip(1).filter_map(|tag| tag.split('"').next());
    members.filter(|member| !prompt.contains(&format!("member=\"{member}\""))).count()
}

#[tokio::test]
async fn rule_15_a_day_of_ten_thousand_messages_by_fifteen_hundred_people() {
    let world = World::start();
    let day = days_ago(2);
    let author = |n: u32| u64::from(100_000 + n % PEOPLE);
    let text = |n: u32| format!("message {n} about topic-{}, {}", n % PEOPLE, "and so on, ".repeat(4));
    let messages: Vec<Value> =
        (0..MESSAGES).map(|n| message(nth(day, n), author(n), &format!("Member {}", n % PEOPLE), &text(n))).collect();
    for half in messages.chunks(5_000) {
        assert_eq!(world.ingest(half).await["stored"], 5_000);
    }

    let hold = world.cloud.model().hold();
    let people: Vec<u64> = (0..100).map(|n| author(n * 15)).collect();
    let let_go = async {
        world.cloud.model().wait_for_calls(MESSAGES.div_ceil(800) as usize).await;
        drop(hold); // all chunks have been asked about at once
    };
    let (answer, ()) = tokio::join!(world.memories(&people), let_go);
    assert_eq!((answer["days"][day.to_string()].as_str(), &answer["errors"]), (Some("built"), &json!([])));

    let calls = world.cloud.model().calls();
    let mut times_sent: BTreeMap<u32, u32> = BTreeMap::new();
    for call in &calls {
        let sent = messages_in(&call.prompt);
        let tokens = (call.system.chars().count() + call.prompt.chars().count()) / 4;
        assert!(sent.len() <= MAX_MESSAGES && tokens <= MAX_TOKENS, "{} messages, {tokens} tokens", sent.len());
        assert_eq!(silent_members(&call.prompt), 0, "only who wrote is asked about");
        sent.into_iter().for_each(|number| *times_sent.entry(number).or_default() += 1);
    }
    assert_eq!(times_sent.len(), MESSAGES as usize);
    assert!(times_sent.values().all(|times| *times == 1), "each message is sent once");

    let (again, cost) = world.counted(world.memories(&people)).await;
    assert_eq!(again["memories"], answer["memories"]);
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None));
    let whole = world.summary(day).await.unwrap();
    let texts = whole["summaries"].as_object().unwrap();
    for n in 0..PEOPLE {
        let text = texts[&author(n).to_string()].as_str().unwrap();
        let topics = text.matches("about topic-").count();
        assert!(text.contains(&format!("message {n} about topic-{n},")), "from the first chunk on: {text}");
        assert!(topics >= 6 && topics == text.matches(&format!("about topic-{n},")).count(), "{text}");
    }
    let bytes: usize = texts.values().map(|text| text.as_str().unwrap().len()).sum();
    assert!(bytes > 350 * 1024, "more than one item holds: {bytes}");
}
