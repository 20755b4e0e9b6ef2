//! Guilds of thousands: what a request costs there.

use guild_memory::{
    contract::{DayState, DayStatus},
    domain::MessageId,
    testing::{ScriptedModel, id_at},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{World, day};

const DATE: &str = "2026-11-20";

/// A model that writes as much about everybody.
fn verbose(characters: usize) -> ScriptedModel {
    ScriptedModel::new(move |prompt| {
        if prompt.data.starts_with("<person") {
            return Ok("merged".into());
        }
        let members = prompt.data.split("<member id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let summaries: Vec<Value> =
            members.map(|member| json!({"member": member, "summary": "é".repeat(characters)})).collect();
        Ok(json!({"summaries": summaries}).to_string())
    })
}

fn author(n: u64) -> u64 {
    998_100_000_000_000_000 + n
}

fn message_id(n: u64) -> MessageId {
    id_at(day(DATE).start() + SignedDuration::from_hours(10), n)
}

/// One message of each of so many authors.
async fn crowd(world: &World, authors: u64) {
    let message = |n: u64| {
        let author = json!({"id": author(n), "name": format!("member {n}")});
        json!({"id": message_id(n), "channel_id": "7", "author": author, "content": "hello"})
    };
    let messages: Vec<Value> = (1..=authors).map(message).collect();
    for part in messages.chunks(1_500) {
        let report = world.ingest(json!({"messages": part})).await.unwrap();
        assert_eq!(report.stored, part.len(), "{report:?}");
    }
}

/// Parts, people, and a purge of both.
#[tokio::test]
async fn three_thousand_authors() {
    let world = World::with(verbose(900));
    crowd(&world, 3_000).await;
    let built = world.summarize(DATE).await.unwrap();
    assert_eq!((built.status, built.summaries.len()), (DayStatus::Built, 3_000));
    let cached = world.summarize(DATE).await.unwrap();
    assert_eq!((cached.status, cached.summaries.len()), (DayStatus::Cached, 3_000));
    world.delete(message_id(3_000)).await;
    let again = world.summarize(DATE).await.unwrap();
    assert_eq!((again.status, again.summaries.len()), (DayStatus::Built, 2_999));
    let answer = world.memories(&[author(1)]).await;
    assert_eq!(answer.days[&day(DATE)], DayState::Cached);
    assert_eq!(answer.memories.len(), 1);
}

/// Whoever asks for one person reads the parts with that person, and of those that person's text.
#[tokio::test]
async fn who_asks_for_few_is_sent_few() {
    let world = World::with(verbose(900));
    crowd(&world, 500).await;
    world.summarize(DATE).await.unwrap();
    let before = world.cloud.store().bytes_sent();
    world.memories(&[author(1)]).await;
    let sent = world.cloud.store().bytes_sent() - before;
    assert!(sent < 20_000, "{sent} bytes for one person of 500, of whom 0.9 MB are known");
}

#[tokio::test]
async fn a_deletion_that_changes_nothing_looks_for_nothing_that_is_left() {
    let world = World::with(verbose(10));
    crowd(&world, 200).await;
    world.summarize(DATE).await.unwrap();
    world.delete(message_id(1)).await;
    let cost = async |id| {
        let before = world.cloud.counters();
        world.delete(id).await;
        world.cloud.counters().since(&before).dynamodb_requests
    };
    // Of the guild what it decided and what is open in it, of the day its ledger and the message.
    let [again, never_seen] = [cost(message_id(1)).await, cost(message_id(5_000)).await];
    assert_eq!(again, [("BatchGetItem".to_owned(), 4)].into(), "nothing is looked for that is purged");
    assert_eq!(never_seen["BatchGetItem"], 4, "{never_seen:?}");
}
