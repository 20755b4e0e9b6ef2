//! Any model, by configuration alone.

use std::time::Duration;

use local_cloud::{EmulatorOptions, Fault, Rule, Task};
use serde_json::{Value, json};

use crate::world::{GUILD, World, days_ago, message, nth};

const ANN: u64 = 998100000000000010;
const BEN: u64 = 998100000000000011;

/// Functions whose models are those, and that have no key for any others.
fn with_models(summary: &str, merge: &str) -> EmulatorOptions {
    let names_models = ["daily_summary", "get_memories"];
    names_models.into_iter().fold(EmulatorOptions::default(), |options, function| {
        let options = options.env(function, "SUMMARY_MODELS", summary).env(function, "MERGE_MODELS", merge);
        let is_gemini = summary.contains("gemini:") || merge.contains("gemini:");
        let key = if is_gemini { "local-cloud-key" } else { "" };
        options.env(function, "GEMINI_API_KEY", key).env(function, "GEMINI_API_KEY_PARAMETER", "")
    })
}

async fn two_days(world: &World) {
    world
        .ingest(&[
            message(nth(days_ago(3), 1), ANN, "Ann", "I sailed around the lighthouse"),
            message(nth(days_ago(3), 2), BEN, "Ben", "my parrot escaped again"),
            message(nth(days_ago(2), 1), ANN, "Ann", "the sails are torn, off to the sailmaker"),
        ])
        .await;
}

fn text(answer: &Value, user: u64) -> &str {
    answer["memories"][user.to_string()].as_str().unwrap_or_default()
}

/// From messages to memories, through every answer a model can give.
async fn the_whole_pipeline(summary: &str, merge: &str) {
    let world = World::with(with_models(summary, merge));
    let name = |model: &str| model.split_once(':').unwrap().1.split('?').next().unwrap().to_owned();
    two_days(&world).await;
    world.remember(BEN, "is allergic to bees").await;
    let alias = json!({"guild_id": GUILD, "user_id": BEN, "op": "alias", "text": "Benny"});
    world.call("people", alias).await.unwrap();

    let rule = |task, days, fault| Rule {
        task: Some(task),
        date: Some(days_ago(days).to_string()),
        fault: Some(fault),
        times: Some(1),
        ..Rule::default()
    };
    world
        .cloud
        .model()
        .set(vec![rule(Task::DailySummary, 3, Fault::MaxTokens), rule(Task::DailySummary, 2, Fault::Malformed)]);
    let answer = world.memories(&[ANN, BEN]).await;
    assert_eq!(answer["errors"], json!([]), "both days are made all the same");
    assert!(text(&answer, ANN).contains("lighthouse") && text(&answer, ANN).contains("sailmaker"), "{answer}");
    assert!(text(&answer, BEN).contains("bees") && text(&answer, BEN).contains("parrot"), "{answer}");
    assert!(!text(&answer, BEN).contains("sail") && !text(&answer, ANN).contains("parrot"), "{answer}");

    let calls = world.cloud.model().calls();
    let of = |task| calls.iter().filter(move |call| call.task == Some(task));
    assert_eq!((of(Task::DailySummary).count(), of(Task::Merge).count()), (5, 2), "a day, its halves; twice a day");
    assert!(of(Task::DailySummary).all(|call| call.model == name(summary)));
    assert!(of(Task::Merge).all(|call| call.model == name(merge)));
    assert!(calls.iter().any(|call| call.prompt.contains(r#"name="Ben" also_known_as="Benny""#)));
    let (again, cost) = world.counted(world.memories(&[ANN, BEN])).await;
    assert_eq!((&again["memories"], cost.model_calls), (&answer["memories"], 0));

    let stored = world.everything_stored().await;
    for word in ["usage", "prompt_tokens", "output_tokens", "\"retries\": N(\"2\")", "\"retries\": N(\"1\")"] {
        assert!(stored.contains(word), "what it cost is recorded: {word}");
    }
}

#[tokio::test]
async fn rule_47_people_of_a_request_share_a_call_and_keep_their_words() {
    for (model, key) in [("gemini:a", "local-cloud-key"), ("openai:a", ""), ("bedrock:a", "")] {
        let options = with_models(model, model).env("get_memories", "MERGE_BATCH", "10");
        let world = World::with(options.env("get_memories", "GEMINI_API_KEY", key));
        two_days(&world).await;
        world.remember(BEN, "is allergic to bees").await;
        let answer = world.memories(&[ANN, BEN]).await;
        assert_eq!((&answer["errors"], &answer["sources"][BEN.to_string()]), (&json!([]), &json!("merged")), "{model}");
        assert!(text(&answer, ANN).contains("lighthouse") && text(&answer, ANN).contains("sailmaker"), "{answer}");
        assert!(text(&answer, BEN).contains("bees") && text(&answer, BEN).contains("parrot"), "{answer}");
        assert!(!text(&answer, BEN).contains("sail") && !text(&answer, ANN).contains("parrot"), "{answer}");
        let merges = world.cloud.model().calls().iter().filter(|call| call.task == Some(Task::Merge)).count();
        assert_eq!(merges, 1, "{model}");
        let (again, cost) = world.counted(world.memories(&[ANN, BEN])).await;
        assert_eq!((&again["memories"], cost.model_calls), (&answer["memories"], 0), "{model}");
    }
}

#[tokio::test]
async fn the_whole_pipeline_passes_with_gemini() {
    the_whole_pipeline("gemini:summarizer?thinking=low&temperature=0.3", "gemini:gemma-of-tests").await;
}

#[tokio::test]
async fn the_whole_pipeline_passes_with_an_openai_compatible_server() {
    the_whole_pipeline("openai:owner/summarizer:free", "openai:merger?json=off&system=off").await;
}

#[tokio::test]
async fn the_whole_pipeline_passes_with_bedrock_and_no_key_at_all() {
    let profile = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2c3";
    the_whole_pipeline("bedrock:eu.amazon.nova-lite-v1:0?json=schema", &format!("bedrock:{profile}")).await;
}

#[tokio::test]
async fn models_of_both_apis_stand_in_for_each_other() {
    // One process: what another has read of the cooldowns may be a second old.
    let options = with_models("gemini:first,openai:second", "openai:second,gemini:first").processes("get_memories", 1);
    let world = World::with(options);
    two_days(&world).await;
    let limit = |model: &str, fault| Rule { model: Some(model.to_owned()), fault: Some(fault), ..Rule::default() };
    world.cloud.model().set(vec![limit("first", Fault::DailyQuota)]);
    let answer = world.memories(&[ANN]).await;
    assert_eq!((&answer["errors"], &answer["sources"][ANN.to_string()]), (&json!([]), &json!("merged")));

    world.cloud.model().set(vec![limit("second", Fault::RateLimited { retry_delay_s: 600 })]);
    world.remember(ANN, "likes tea").await;
    world.memories(&[ANN]).await;
    let (cold, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!(cost.model_calls, 0, "both cool down");
    assert_eq!(cold["errors"][0]["error"], "RateLimited");
    let wait = cold["errors"][0]["retry_after_s"].as_u64().unwrap();
    assert!((500..=600).contains(&wait), "the sooner of both: {cold}");
    assert!(text(&cold, ANN).contains("tea") && text(&cold, ANN).contains("lighthouse"), "{cold}");
}

#[tokio::test]
async fn a_budget_is_shared_by_all_processes_and_keeps_the_model_from_being_asked() {
    let options = with_models("gemini:a?rpd=2", "gemini:b?rpd=1").processes("daily_summary", 4);
    let world = World::with(options);
    let said = |days, text: &str| message(nth(days_ago(days), 1), ANN, "Ann", text);
    world.ingest(&[said(5, "one"), said(4, "two"), said(3, "three"), said(2, "four")]).await;
    let answer = world.memories(&[ANN]).await;
    let states: Vec<&str> = (2..=5).map(|n| answer["days"][days_ago(n).to_string()].as_str().unwrap()).collect();
    let built = states.iter().filter(|state| **state == "built").count();
    // A fifth of two requests is less than one: both may be spent on days gone by.
    assert_eq!((built, states.iter().filter(|state| **state == "failed").count()), (2, 2), "{answer}");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
    for error in answer["errors"].as_array().unwrap() {
        assert!(error["error"] == "RateLimited" && error["retry_after_s"].as_u64().unwrap() > 0, "{error}");
    }
    let (_, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!(cost.model_calls, 0, "nothing is left of either");
}

#[tokio::test]
async fn rule_15_a_day_of_thirteen_chunks_under_a_limit_of_ten_is_complete_after_the_second_request() {
    let options = EmulatorOptions::default().env("daily_summary", "SUMMARY_MODELS", "gemini:a").env(
        "daily_summary",
        "MAX_BATCH_MESSAGES",
        "10",
    );
    let world = World::with(options);
    let messages: Vec<Value> =
        (0..130).map(|n| message(nth(days_ago(2), n), ANN, "Ann", &format!("number {n}."))).collect();
    world.ingest(&messages).await;
    let pass = Rule { times: Some(10), ..Rule::default() };
    let limit = Rule { times: Some(3), fault: Some(Fault::RateLimited { retry_delay_s: 0 }), ..Rule::default() };
    world.cloud.model().set(vec![pass, limit]);
    assert_eq!(world.summary(days_ago(2)).await.unwrap_err().error_type, "RateLimited");
    assert_eq!(world.summary(days_ago(2)).await.unwrap()["status"], "built");
    let calls = world.cloud.model().calls();
    let mut paid: Vec<&str> =
        calls.iter().filter(|call| call.fault.is_none()).map(|call| call.prompt.as_str()).collect();
    assert_eq!((calls.len(), paid.len()), (16, 13));
    paid.sort_unstable();
    paid.dedup();
    assert_eq!(paid.len(), 13, "no chunk is paid twice");
}

/// What a laptop does: every call takes a while, and others would queue until they time out.
#[tokio::test]
async fn rule_34_a_model_that_answers_one_request_at_a_time_is_asked_one_at_a_time_by_all_processes() {
    const CY: u64 = 998100000000000012;
    let one = "openai:qwen3?parallel=1";
    let world = World::with(with_models(one, one).processes("daily_summary", 4));
    let people = [(ANN, "Ann"), (BEN, "Ben"), (CY, "Cy")];
    let said = |days| people.map(|(id, name)| message(nth(days_ago(days), (id % 10) as u32), id, name, "sails on"));
    world.ingest(&[said(5), said(4), said(3), said(2)].concat()).await;
    world.cloud.model().set_usual_latency(Duration::from_millis(30));

    let answer = world.memories(&people.map(|(id, _)| id)).await;
    assert_eq!(answer["errors"], json!([]), "nothing timed out: {answer}");
    for (id, _) in people {
        assert_eq!(answer["sources"][id.to_string()], "merged", "{answer}");
    }
    assert_eq!((world.cloud.model().model_calls(), world.cloud.model().most_at_a_time()), (4 + 3, 1));
    assert_eq!(world.everything_stored().await.matches("\"has_turn\"").count(), 0, "all have left the line");
}

/// The same without the option: it is the option that keeps them apart.
#[tokio::test]
async fn without_the_option_all_days_are_asked_about_at_once() {
    let world = World::with(with_models("openai:qwen3", "openai:qwen3").processes("daily_summary", 2));
    two_days(&world).await;
    let hold = world.cloud.model().hold();
    let both = async {
        world.cloud.model().wait_for_calls(2).await;
        drop(hold);
    };
    tokio::join!(world.memories(&[ANN]), both);
    assert_eq!(world.cloud.model().most_at_a_time(), 2);
}
