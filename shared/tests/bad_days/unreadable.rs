//! Items that cannot be read: damaged, or of another version. What can be made again is, and what cannot is said to be damaged;
//! nobody waits for it, and no purge passes it by.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use guild_memory::{
    contract::{DayState, DayStatus, ErrorType, MemoriesResponse, Subject},
    domain::Source,
    ports::ReadPeople as _,
    testing::ScriptedModel,
};
use serde_json::json;

use super::world::{World, day, guild, text, user};

const DATE: &str = "2026-11-20";
const OTHER: &str = "2026-11-19";
/// How long callers may wait in these tests; none does.
const PATIENCE: Duration = Duration::from_secs(30);

fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// Gives an attribute of an item of the `Memory` table a value that says nothing.
async fn damage(world: &World, pk: &str, sk: &str, attribute: &str) {
    set(world, pk, sk, attribute, string("?")).await;
}

async fn set(world: &World, pk: &str, sk: &str, attribute: &str, value: AttributeValue) {
    let update = world.database.update_item().table_name("MemoryTable").key("pk", string(pk)).key("sk", string(sk));
    let update = update.update_expression("SET #attribute = :value").condition_expression("attribute_exists(pk)");
    let update = update.expression_attribute_names("#attribute", attribute);
    update.expression_attribute_values(":value", value).send().await.unwrap();
}

fn person(n: u64) -> String {
    format!("G#{}#P#{n}", guild())
}

fn days() -> String {
    format!("G#{}#DAYS", guild())
}

fn failures(answer: &MemoriesResponse) -> Vec<(Subject, ErrorType)> {
    answer.errors.iter().map(|failure| (failure.subject, failure.error)).collect()
}

async fn two_days(world: &World) {
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
    }
}

/// Rule 3: a memory that is there and cannot be read counts as missing and is made again.
#[tokio::test]
async fn a_memory_that_cannot_be_read_is_made_again_for_the_same_inputs() {
    let later = ("v", AttributeValue::N("2".to_owned()));
    let damages = [("day_versions", string("?")), ("usage", string("?")), ("built_at", string("soon")), later];
    for (attribute, value) in damages {
        let world = World::start();
        two_days(&world).await;
        assert_eq!(world.memories(&[10]).await.sources[&user(10)], Source::Merged);
        set(&world, &person(10), "MEMORY", attribute, value).await;
        let calls = world.model.calls();
        let again = world.memories_within(&[10], PATIENCE).await;
        assert_eq!(again.sources[&user(10)], Source::Merged, "{attribute}");
        assert_eq!(world.memories(&[10]).await.sources[&user(10)], Source::Cached, "{attribute}");
        assert_eq!(world.model.calls() - calls, 1, "{attribute}");
    }
}

#[tokio::test]
async fn rule_9_ten_callers_merge_a_memory_that_cannot_be_read_once() {
    let world = World::start();
    two_days(&world).await;
    world.memories(&[10]).await;
    damage(&world, &person(10), "MEMORY", "day_versions").await;
    let calls = world.model.calls();
    let answers = futures::future::join_all((0..10).map(|_| world.memories_within(&[10], PATIENCE))).await;
    assert!(answers.iter().all(|answer| text(answer, 10).contains("hello")));
    assert_eq!(world.model.calls() - calls, 1);
}

/// Rule 3 again, for a summary in parts.
#[tokio::test]
async fn a_summary_whose_part_cannot_be_read_is_made_again() {
    let world = World::with(ScriptedModel::new(|prompt| {
        let members = prompt.data.split("<member id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let summary = |member: &str| json!({"member": member, "summary": "x".repeat(3_900)});
        Ok(json!({"summaries": members.map(summary).collect::<Vec<_>>()}).to_string())
    }));
    for n in 1..=200_u64 {
        world.say(DATE, "10:00", n, "hello").await;
    }
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
    let day_of_parts = format!("G#{}#DAY#{DATE}", guild());
    let parts = world.database.query().table_name("MemoryTable").consistent_read(true);
    let parts = parts.key_condition_expression("pk = :pk AND begins_with(sk, :part)");
    let parts = parts.expression_attribute_values(":pk", string(&day_of_parts));
    let parts = parts.expression_attribute_values(":part", string("PART#")).send().await.unwrap();
    damage(&world, &day_of_parts, parts.items()[0]["sk"].as_s().unwrap(), "texts").await;
    assert_eq!(world.summarize(DATE).await.unwrap().status, DayStatus::Built);
    assert_eq!(world.summarize(DATE).await.unwrap().summaries.len(), 200);
}

/// A summary that does not say where its texts are is not one in which nobody wrote.
#[tokio::test]
async fn a_summary_that_cannot_be_read_is_made_again() {
    for attribute in ["texts", "status", "built_at", "parts", "generation", "v"] {
        let world = World::start();
        world.say(DATE, "10:00", 10, "hello").await;
        world.summarize(DATE).await.unwrap();
        damage(&world, &days(), &format!("{DATE}#SUMMARY"), attribute).await;
        let again = world.summarize(DATE).await.unwrap();
        assert_eq!((again.status, again.summaries.len()), (DayStatus::Built, 1), "{attribute}");
    }
}

/// Rule 19: a purge leaves no words, in an item that cannot be read either.
#[tokio::test]
async fn a_purge_empties_a_memory_that_cannot_be_read() {
    for attribute in ["usage", "day_versions", "built_at", "v", "lease_until", "last_failure"] {
        let world = World::start();
        let id = world.say(DATE, "10:00", 10, "a secret").await;
        world.say(OTHER, "10:00", 10, "harmless").await;
        assert!(text(&world.memories(&[10]).await, 10).contains("secret"));
        damage(&world, &person(10), "MEMORY", attribute).await;
        world.delete(id).await;
        assert!(!world.everything_stored().await.contains("secret"), "{attribute}");
        let after = world.memories_within(&[10], PATIENCE).await;
        assert!(text(&after, 10).contains("harmless"), "{attribute}");
    }
}

#[tokio::test]
async fn rule_19_a_purge_deletes_a_summary_and_a_chunk_that_cannot_be_read() {
    for attribute in ["version", "v"] {
        let world = World::start();
        let id = world.say(DATE, "10:00", 10, "a secret").await;
        world.summarize(DATE).await.unwrap();
        damage(&world, &days(), &format!("{DATE}#SUMMARY"), attribute).await;
        world.delete(id).await;
        assert!(!world.everything_stored().await.contains("secret"), "{attribute}");
    }
}

/// What is damaged takes nothing else along: whoever was in the summary may not be known any more, and the rest is purged.
#[tokio::test]
async fn rule_19_a_purge_that_does_not_know_who_was_in_the_summary_deletes_the_rest_and_says_so() {
    let world = World::start();
    let id = world.say(DATE, "10:00", 10, "a secret").await;
    world.summarize(DATE).await.unwrap();
    damage(&world, &format!("G#{}#DAY#{DATE}", guild()), "PEOPLE", "people").await;
    let error = world.ingest(json!({"deleted": [id]})).await.unwrap_err();
    assert!(error.message.contains("PEOPLE cannot be read"), "{error}");
    assert!(!world.everything_stored().await.contains("secret"));
}

#[tokio::test]
async fn a_person_who_cannot_be_read_is_an_error_that_names_the_item_and_takes_nobody_along() {
    let world = World::start();
    for date in [DATE, OTHER] {
        world.say(date, "10:00", 10, "hello").await;
        world.say(date, "10:01", 11, "ahoy").await;
    }
    world.memories(&[10, 11]).await;
    for attribute in ["facts", "v"] {
        damage(&world, &person(10), "PERSON", attribute).await;
        let answer = world.memories_within(&[10, 11], PATIENCE).await;
        assert!(text(&answer, 11).contains("ahoy"));
        assert_eq!(text(&answer, 10), "");
        assert_eq!(failures(&answer), [(Subject::UserId(user(10)), ErrorType::Internal)]);
        let error = world.memory.people(guild(), &[user(10)]).await.unwrap_err();
        assert!(error.to_string().contains("PERSON cannot be read"), "{error}");
    }
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_an_error_of_its_day_that_names_the_item() {
    let world = World::start();
    two_days(&world).await;
    damage(&world, &days(), &format!("{DATE}#LEDGER"), "version").await;
    let answer = world.memories_within(&[10], PATIENCE).await;
    assert_eq!(answer.days[&day(DATE)], DayState::Failed);
    assert_eq!(answer.days[&day(OTHER)], DayState::Built);
    assert_eq!(failures(&answer), [(Subject::Date(day(DATE)), ErrorType::Internal)]);
    let error = world.summarize(DATE).await.err().unwrap();
    assert!(error.message.contains("LEDGER cannot be read"), "{error}");
}

/// A day that is damaged while others wait for it.
#[tokio::test]
async fn who_waits_for_a_day_that_becomes_unreadable_waits_no_longer() {
    let world = World::start();
    two_days(&world).await;
    world.model.hold();
    let wait = world.memories_within(&[10], PATIENCE);
    let spoil = async {
        world.model.begun(2).await;
        for date in [DATE, OTHER] {
            damage(&world, &days(), &format!("{date}#LEDGER"), "purged_version").await;
        }
    };
    let watcher = async {
        world.model.begun(2).await;
        world.memories_within(&[10], PATIENCE).await
    };
    let waited = async {
        let ((), watched) = futures::join!(spoil, watcher);
        world.model.open();
        watched
    };
    let (_, watched) = futures::join!(wait, waited);
    let days = [OTHER, DATE].map(|date| (Subject::Date(day(date)), ErrorType::Internal));
    let failed = failures(&watched);
    assert!(days.iter().all(|day| failed.contains(day)), "{failed:?}");
}
