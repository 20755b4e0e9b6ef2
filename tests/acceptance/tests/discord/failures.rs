//! What people read when something fails, and what is not done twice.

use local_cloud::{DiscordFault, EmulatorOptions, Fault, Rule};
use serde_json::json;

use super::asking::{ANN, BEN, catchup, interaction, member, memory, world, world_with};
use crate::world::{GUILD, days_ago, message, nth};

#[tokio::test]
async fn an_interaction_that_comes_again_is_worked_on_once() {
    let world = world();
    let remember = memory("remember", &[("person", json!(ANN)), ("fact", json!("keeps bees"))]);
    let remember = interaction(member(ANN), 2, remember);
    let first = world.first_answer(&remember).await;
    assert!(first["data"]["content"].as_str().unwrap().contains("keeps bees"));
    let facts = json!({"guild_id": GUILD, "user_id": ANN, "op": "facts"});
    let known = world.call("people", facts.clone()).await.unwrap();
    let forget = json!({"guild_id": GUILD, "user_id": ANN, "op": "forget", "fact_id": known["facts"][0]["id"]});
    world.call("people", forget).await.unwrap();

    let replayed = world.first_answer(&remember).await;
    assert!(replayed["data"]["content"].as_str().unwrap().contains("did nothing again"), "{replayed}");
    assert_eq!(world.call("people", facts).await.unwrap()["facts"], json!([]), "what was forgotten stays so");

    let show = interaction(member(ANN), 2, memory("show", &[]));
    world.ask(&show).await;
    world.first_answer(&show).await;
    world.cloud.lambda().wait_until_idle().await;
    assert_eq!(world.cloud.counters().lambda_invocations["respond"], 1);
}

#[tokio::test]
async fn if_nobody_can_answer_later_that_is_said_at_once() {
    let world = world();
    world.cloud.lambda().throttle_next("respond", 1);
    let reply = world.command(member(ANN), memory("show", &[])).await;
    assert!(reply.private && !reply.deferred && reply.text().contains("Try again in a minute"), "{}", reply.text());
}

#[tokio::test]
async fn a_model_that_fails_is_explained() {
    let world = world();
    world.ingest(&[message(nth(days_ago(3), 1), ANN, "Ann", "good morning")]).await;
    world.cloud.model().set(vec![Rule { fault: Some(Fault::Status(503)), ..Rule::default() }]);
    let reply = world.command(member(BEN), catchup(&[("day", json!(days_ago(3)))])).await;
    assert!(reply.text().contains("The language model does not answer"), "{}", reply.text());
}

#[tokio::test]
async fn discords_own_troubles_are_waited_out() {
    let world = world();
    world.remember(ANN, "keeps bees").await;
    let trouble = |status, code| DiscordFault {
        method: Some("PATCH".into()),
        status,
        code,
        times: Some(1),
        ..DiscordFault::default()
    };
    for fault in [trouble(404, 10015), trouble(429, 0), trouble(502, 0)] {
        world.cloud.discord().fail(fault);
    }
    let reply = world.command(member(ANN), memory("show", &[])).await;
    assert!(reply.text().contains("keeps bees"), "{}", reply.text());
    assert!((1..=2).contains(&reply.edits), "what was refused is sent again, with first words before it or without");
}

#[tokio::test]
async fn what_was_forgotten_while_it_was_merged_is_not_shown() {
    let world = world();
    for days in [3, 2] {
        world.ingest(&[message(nth(days_ago(days), 1), ANN, "Ann", "good morning")]).await;
    }
    let fact = world.remember(ANN, "is afraid of geese").await;
    let merging = world.cloud.model().hold();
    let show = interaction(member(ANN), 2, memory("show", &[]));
    world.first_answer(&show).await;
    world.cloud.model().wait_for_calls(2).await;
    let forget = json!({"guild_id": GUILD, "user_id": ANN, "op": "forget", "fact_id": fact["fact_id"]});
    world.call("people", forget).await.unwrap();
    drop(merging);
    let reply = world.settled_reply(&show).await;
    assert!(reply.text().contains("good morning") && !reply.text().contains("geese"), "{}", reply.text());
}

#[tokio::test]
async fn rule_21_no_log_holds_what_people_asked_or_read() {
    let functions = ["interactions", "respond"];
    let options = functions
        .into_iter()
        .fold(EmulatorOptions::default(), |all, one| all.env(one, "AWS_LAMBDA_LOG_LEVEL", "TRACE"));
    let world = world_with(options);
    world.ingest(&[message(nth(days_ago(3), 1), ANN, "namesecret", "chatsecret")]).await;
    world.command(member(ANN), memory("remember", &[("person", json!(ANN)), ("fact", json!("factsecret"))])).await;
    world.command(member(ANN), memory("alias", &[("person", json!(ANN)), ("name", json!("aliassecret"))])).await;
    world.choices(member(ANN), memory("forget", &[("person", json!(ANN)), ("fact", json!("fact"))])).await;
    world.command(member(ANN), memory("show", &[])).await;
    world.command(member(ANN), catchup(&[("day", json!(days_ago(3)))])).await;
    world.fifteen_minutes_pass().await;
    world.cloud.discord().fail(DiscordFault { path: Some("/guilds/".into()), status: 401, ..DiscordFault::default() });
    world.command(member(ANN), catchup(&[("day", json!(days_ago(3)))])).await;
    world.cloud.lambda().throttle_next("respond", 1);
    world.command(member(ANN), memory("show", &[])).await;
    world.cloud.lambda().wait_until_idle().await;

    let logs = functions.map(|function| world.emulator.logs_of(function)).concat();
    for secret in ["chatsecret", "namesecret", "factsecret", "aliassecret", "token-of-", "local-cloud-key"] {
        assert!(!logs.contains(secret), "{secret} stands in the logs");
    }
    for event in ["interaction_answered", "interaction_responded", "channels_unknown", "respond_not_invoked"] {
        assert!(logs.contains(event), "{event} is logged: {logs}");
    }
}
