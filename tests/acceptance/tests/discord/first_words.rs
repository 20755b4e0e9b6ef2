//! Something to read while the model works (DESIGN rule 40).

use local_cloud::{Fault, Rule, Task};
use serde_json::json;

use super::asking::{ANN, BEN, catchup, interaction, member, memory, world};
use crate::world::{World, days_ago, message, nth};

/// A day that is summarized, a fact, and a day that nobody has asked about.
async fn known(world: &World) {
    world.ingest(&[message(nth(days_ago(3), 1), ANN, "Ann", "I sailed around the lighthouse")]).await;
    world.memories(&[ANN]).await;
    world.remember(ANN, "is allergic to hazelnuts").await;
    world.ingest(&[message(nth(days_ago(2), 1), ANN, "Ann", "the sails are torn")]).await;
}

#[tokio::test]
async fn rule_40_there_is_something_to_read_while_the_model_works_and_nothing_is_paid_twice() {
    let world = world();
    known(&world).await;
    let calls_before = world.cloud.model().model_calls();
    let working = world.cloud.model().hold();
    let show = interaction(member(ANN), 2, memory("show", &[]));
    world.first_answer(&show).await;
    let first = world.first_reply(&show).await;
    assert!(first.private && first.edits == 1);
    let text = first.text();
    for part in ["- is allergic to hazelnuts (by <@12>, ", "what is there at once"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A machine so busy that it is not known by then which channels are open tells what was taught alone.
    assert_eq!(text.contains("lighthouse"), text.contains("-# Day by day"), "{text}");
    assert!(!text.contains("the sails are torn"), "{text}");

    let mut german = interaction(member(BEN), 2, catchup(&[("day", json!(days_ago(2)))]));
    german["locale"] = json!("de");
    world.first_answer(&german).await;
    let text = world.first_reply(&german).await.text();
    assert!(text.contains(&format!("Ich fasse den {} gerade zusammen", days_ago(2))), "{text}");

    drop(working);
    let last = world.settled_reply(&show).await;
    assert_eq!(last.edits, 2);
    let text = last.text();
    assert!(text.contains("the sails are torn") && text.contains("-# Written just now."), "{text}");
    assert!(!text.contains("what is there at once"), "{text}");
    assert!(world.settled_reply(&german).await.text().contains("the sails are torn"));
    assert_eq!(world.cloud.model().model_calls() - calls_before, 2, "a day for both, and a merge");
}

#[tokio::test]
async fn rule_40_what_is_there_stays_with_what_failed() {
    let world = world();
    let day = days_ago(3);
    world.ingest(&[message(nth(day, 1), ANN, "Ann", "I sailed around the lighthouse")]).await;
    world.summary(day).await.unwrap();
    world.ingest(&[message(nth(day, 2), ANN, "Ann", "the sails are torn")]).await;
    let down = Rule { task: Some(Task::DailySummary), fault: Some(Fault::Status(503)), ..Rule::default() };
    world.cloud.model().set(vec![down]);
    let text = world.command(member(BEN), catchup(&[("day", json!(day))])).await.text();
    for part in ["lighthouse", "-# An earlier version (<t:", "The language model does not answer"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
