//! That leaks would be found.

use guild_memory::domain::MessageId;
use serde_json::json;

use crate::{
    watched::{Watched, texts},
    world::{World, days_ago, message, nth},
};

/// What functions log is sent as if people had written it.
#[tokio::test]
async fn what_is_planted_is_found_in_logs_and_errors() {
    let mut world = World::start();
    let said = |id: MessageId, text: &str| message(id, 998_100_000_000_000_010, "somebody", text);
    world
        .ingest(&[said(nth(days_ago(2), 1), "messages_ingested"), said(nth(days_ago(2), 2), "the parrot spoke")])
        .await;
    assert_eq!(world.watched.leaks(), ["messages_ingested"], "what was logged is looked at, and nothing else is found");
    let refused = world.call("people", json!({"guild_id": "1", "user_id": "10", "op": "remember", "text": " "})).await;
    let told = refused.unwrap_err().message;
    world.watched.plant(&json!({"content": told}));
    assert!(world.watched.leaks().contains(&told), "so are errors");
    world.memories(&[998_100_000_000_000_010]).await;
    let shown = world.cloud.model().calls().iter().flat_map(|call| texts(&call.prompt)).collect::<Vec<_>>();
    assert_eq!(shown, ["the parrot spoke"], "and prompts");
    let clean = Watched::new(String::new, world.watched.model.clone());
    std::mem::forget(std::mem::replace(&mut world.watched, clean));
}
