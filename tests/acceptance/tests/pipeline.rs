//! From messages to memories.

use serde_json::{Value, json};

use local_cloud::EmulatorOptions;

use crate::world::{GUILD, World, days_ago, message, nth};

const ANN: u64 = 998100000000000010;
const BEN: u64 = 998100000000000011;
const CEM: u64 = 998100000000000012;

fn text(answer: &Value, user: u64) -> &str {
    answer["memories"][user.to_string()].as_str().unwrap_or_default()
}

fn source(answer: &Value, user: u64) -> &str {
    answer["sources"][user.to_string()].as_str().unwrap_or_default()
}

fn state(answer: &Value, days: u16) -> &str {
    answer["days"][days_ago(days).to_string()].as_str().unwrap_or_default()
}

async fn two_days(world: &World) {
    let (older, newer) = (days_ago(3), days_ago(2));
    let report = world
        .ingest(&[
            message(nth(older, 1), ANN, "Ann", "I sailed around the lighthouse"),
            message(nth(older, 2), BEN, "Ben", "my parrot escaped again"),
            message(nth(newer, 1), ANN, "Ann", "the sails are torn, off to the sailmaker"),
        ])
        .await;
    assert_eq!((&report["stored"], &report["days_changed"]), (&json!(3), &json!([older, newer])));
}

#[tokio::test]
async fn what_a_person_wrote_shows_up_in_their_memory_and_in_nobody_elses() {
    let world = World::start();
    two_days(&world).await;
    world.remember(CEM, "plays the tuba").await;

    let (answer, cost) = world.counted(world.memories(&[ANN, BEN, CEM, 7])).await;
    assert_eq!((state(&answer, 3), state(&answer, 2), state(&answer, 4)), ("built", "built", "empty"));
    let sources = [ANN, BEN, CEM, 7].map(|user| source(&answer, user).to_owned());
    assert_eq!(sources, ["merged", "summary", "facts", "none"]);
    assert!(text(&answer, ANN).contains("lighthouse") && text(&answer, ANN).contains("sailmaker"), "{answer}");
    assert!(text(&answer, BEN).contains("parrot") && !text(&answer, BEN).contains("sail"), "{answer}");
    assert!(!text(&answer, ANN).contains("parrot"));
    assert_eq!(text(&answer, CEM), "- plays the tuba");
    assert_eq!(answer["memories"]["7"], Value::Null);
    assert_eq!(answer["errors"], json!([]));
    assert_eq!(cost.model_calls, 3, "two days and one merge");
    assert_eq!(cost.lambda_invocations["daily_summary"], 2);
}

#[tokio::test]
async fn rule_7_asked_again_it_is_one_request_to_the_store_and_nothing_else() {
    let world = World::start();
    two_days(&world).await;
    let first = world.memories(&[ANN, BEN]).await;
    let (second, cost) = world.counted(world.memories(&[ANN, BEN])).await;
    assert_eq!(second["memories"], first["memories"]);
    assert_eq!((source(&second, ANN), source(&second, BEN)), ("cached", "summary"));
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None));
    assert_eq!(cost.dynamodb_requests, [("BatchGetItem".to_owned(), 1)].into());
}

#[tokio::test]
async fn rule_2_a_closed_day_is_final_and_an_open_one_lives_an_hour() {
    let world = World::start();
    two_days(&world).await;
    let summary = world.summary(days_ago(2)).await.unwrap();
    assert_eq!((&summary["status"], &summary["expires_at"]), (&json!("built"), &Value::Null));

    let today = guild_memory::domain::Day::of(jiff::Timestamp::now());
    let now = guild_memory::testing::id_at(jiff::Timestamp::now(), 0);
    world.ingest(&[message(now, ANN, "Ann", "good morning")]).await;
    let before = jiff::Timestamp::now().as_second();
    let open = world.summary(now.day()).await.unwrap();
    let expires_at = open["expires_at"].as_i64().unwrap();
    assert!((before + 3600..=jiff::Timestamp::now().as_second() + 3600).contains(&expires_at), "{today}: {open}");
}

#[tokio::test]
async fn rule_5_late_messages_edits_and_deletions_repair_history() {
    let world = World::start();
    two_days(&world).await;
    let day = days_ago(3);
    world.memories(&[ANN, BEN]).await;

    world.ingest(&[message(nth(day, 9), BEN, "Ben", "the parrot is back, he missed the biscuits")]).await;
    let late = world.memories(&[ANN, BEN]).await;
    assert!(text(&late, BEN).contains("biscuits"), "{late}");
    assert_eq!((state(&late, 3), state(&late, 2)), ("built", "cached"));

    let mut edited = message(nth(day, 1), ANN, "Ann", "I sailed around the submarine");
    edited["edited_at"] = json!(format!("{day}T12:00:00Z"));
    world.ingest(&[edited]).await;
    let after_edit = world.memories(&[ANN, BEN]).await;
    assert!(text(&after_edit, ANN).contains("submarine") && !text(&after_edit, ANN).contains("lighthouse"));

    assert_eq!(world.delete(nth(day, 9)).await["deleted"], 1);
    let after_deletion = world.memories(&[ANN, BEN]).await;
    assert!(text(&after_deletion, BEN).contains("parrot") && !text(&after_deletion, BEN).contains("biscuits"));
    let late_copy =
        world.ingest(&[message(nth(day, 9), BEN, "Ben", "the parrot is back, he missed the biscuits")]).await;
    assert_eq!(late_copy["skipped"]["deleted"], 1);
}

#[tokio::test]
async fn rule_6_a_day_without_messages_costs_nothing() {
    let world = World::start();
    let (answer, cost) = world.counted(world.memories(&[ANN])).await;
    assert!(answer["days"].as_object().unwrap().values().all(|state| state == "empty"), "{answer}");
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None));
    assert_eq!(world.summary(days_ago(2)).await.unwrap()["status"], "empty");
    assert_eq!(world.cloud.counters().model_calls, 0);
}

#[tokio::test]
async fn rule_12_facts_and_a_day_are_merged_facts_first() {
    let world = World::start();
    two_days(&world).await;
    let fact = world.remember(BEN, "is allergic to bees").await;
    let answer = world.memories(&[BEN]).await;
    assert_eq!(source(&answer, BEN), "merged");
    let (bees, parrot) = (text(&answer, BEN).find("bees").unwrap(), text(&answer, BEN).find("parrot").unwrap());
    assert!(bees < parrot, "{answer}");

    let forget = json!({"guild_id": GUILD, "user_id": BEN, "op": "forget", "fact_id": fact["fact_id"]});
    world.call("people", forget).await.unwrap();
    let answer = world.memories(&[BEN]).await;
    assert_eq!(source(&answer, BEN), "summary");
    assert!(!text(&answer, BEN).contains("bees"));
}

#[tokio::test]
async fn the_block_for_a_bots_own_model_names_people_and_aliases() {
    let world = World::start();
    two_days(&world).await;
    world.call("people", json!({"guild_id": GUILD, "user_id": BEN, "op": "alias", "text": "Benny"})).await.unwrap();
    let event = json!({"guild_id": GUILD, "user_ids": [BEN, CEM], "prompt": true});
    let answer = world.call("get_memories", event).await.unwrap();
    let block = answer["prompt"].as_str().unwrap();
    let person = format!("<memories><person id=\"{BEN}\" name=\"Ben\" also_known_as=\"Benny\">");
    assert!(block.starts_with(&person) && block.ends_with("</person></memories>"), "{block}");
    assert_eq!(block.matches("<person").count(), 1, "nothing is known about the other");
}

#[tokio::test]
async fn rule_1_the_last_millisecond_of_a_day_belongs_to_it() {
    let world = World::start();
    let day = days_ago(3);
    let last = guild_memory::testing::id_at(day.end() - jiff::SignedDuration::from_millis(1), 4_194_303);
    let report = world.ingest(&[message(last, ANN, "Ann", "good night")]).await;
    assert_eq!(report["days_changed"], json!([day]));
    assert_eq!(world.summary(day).await.unwrap()["status"], "built");
}

#[tokio::test]
async fn rule_35_what_was_said_today_follows_the_memory_and_costs_no_merge() {
    let world = World::start();
    two_days(&world).await;
    let first = world.memories(&[ANN]).await;
    let now = guild_memory::testing::id_at(jiff::Timestamp::now(), 0);
    world.ingest(&[message(now, ANN, "Ann", "the new sails are red")]).await;
    let (answer, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!((source(&answer, ANN), cost.model_calls), ("cached", 1), "the day alone");
    let (memory, today) = text(&answer, ANN).rsplit_once("\n\n").unwrap();
    assert_eq!(memory, text(&first, ANN));
    assert!(today.starts_with(&format!("{}: ", now.day())) && today.contains("red"), "{answer}");
}

#[tokio::test]
async fn rule_36_who_was_not_there_does_not_wait_for_the_day() {
    let world = World::start();
    two_days(&world).await;
    world.summary(days_ago(3)).await.unwrap();
    let hold = world.cloud.model().hold();
    let answer = world.memories(&[BEN]).await;
    assert_eq!((source(&answer, BEN), state(&answer, 3), state(&answer, 2)), ("summary", "cached", "pending"));
    drop(hold);
    world.cloud.lambda().wait_until_idle().await;
    let (answer, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!((state(&answer, 2), cost.model_calls), ("cached", 1), "it was made behind the answer");
}

#[tokio::test]
async fn rule_39_without_models_what_is_there_is_answered_at_once_and_days_are_made_behind_it() {
    let world = World::start();
    two_days(&world).await;
    world.remember(ANN, "is allergic to bees").await;
    let event = json!({"guild_id": GUILD, "user_ids": [ANN, BEN], "models": "none"});
    let hold = world.cloud.model().hold();
    let answer = world.call("get_memories", event.clone()).await.unwrap();
    assert_eq!((text(&answer, ANN), state(&answer, 3)), ("- is allergic to bees", "pending"));
    drop(hold);
    world.cloud.lambda().wait_until_idle().await;

    let (answer, cost) = world.counted(world.call("get_memories", event)).await;
    let answer = answer.unwrap();
    assert_eq!((source(&answer, ANN), source(&answer, BEN)), ("verbatim", "verbatim"));
    let lines: Vec<&str> = text(&answer, ANN).lines().collect();
    let days = [2, 3].map(|days| days_ago(days).to_string());
    assert!(lines[0] == "- is allergic to bees" && lines[1].starts_with(&days[0]) && lines[2].starts_with(&days[1]));
    assert_eq!((cost.model_calls, cost.lambda_invocations.get("daily_summary")), (0, None));
    assert_eq!(cost.dynamodb_requests, [("BatchGetItem".to_owned(), 1)].into());
}

#[tokio::test]
async fn rule_39_a_deployment_without_models_needs_no_key_and_merges_nothing() {
    let options = EmulatorOptions::default().env("get_memories", "MERGE_MODELS", "none");
    let world = World::with(options);
    two_days(&world).await;
    for days in [3, 2] {
        world.summary(days_ago(days)).await.unwrap();
    }
    let (answer, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!((source(&answer, ANN), cost.model_calls), ("verbatim", 0));
}

#[tokio::test]
async fn rule_46_summaries_end_where_the_operator_wants_it_and_so_do_those_from_before() {
    let (recent, past) = (days_ago(2), days_ago(5).days_before(10));
    let world = World::start();
    world.ingest(&[message(nth(past, 1), ANN, "Ann", "sailed"), message(nth(recent, 1), ANN, "Ann", "rowed")]).await;
    let text = |report: &Value| report["summaries"][ANN.to_string()].clone();
    assert!(text(&world.summary(past).await.unwrap()).as_str().unwrap().contains("sailed"));
    let options = ["daily_summary", "people", "interactions"]
        .into_iter()
        .fold(EmulatorOptions::default(), |all, one| all.env(one, "SUMMARY_RETENTION_DAYS", "7"));
    let world = world.with_functions_again(options);

    let ended = world.summary(past).await.unwrap();
    assert_eq!((&ended["status"], text(&ended)), (&json!("empty"), Value::Null), "it was made before");
    assert_eq!(world.summary(recent).await.unwrap()["status"], "built");
    let stored = world.everything_stored().await;
    let summary = stored.lines().find(|item| item.contains(&format!("{recent}#SUMMARY"))).unwrap();
    assert!(summary.contains("is_final") && summary.contains("expires_at"), "{summary}");

    let (answer, cost) = world.counted(world.memories(&[ANN])).await;
    assert_eq!(answer["days"][recent.to_string()], "cached");
    assert!(!cost.lambda_invocations.contains_key("daily_summary"), "{cost:?}");
    let export = world.call("people", json!({"guild_id": GUILD, "user_id": ANN, "op": "export"})).await.unwrap();
    let days: Vec<&Value> = export["days"].as_array().unwrap().iter().map(|day| &day["date"]).collect();
    assert_eq!(days, [&json!(recent)]);
}
