//! Every command, from the signed request to what people read.

use serde_json::{Value, json};

use super::asking::{ANN, Asker, BEN, catchup, interaction, member, memory, moderator, press, world};
use crate::world::{GUILD, World, days_ago, message, nth};

const CEM: u64 = 998100000000000012;

async fn two_days(world: &World) {
    world
        .ingest(&[
            message(nth(days_ago(3), 1), ANN, "Ann", "I sailed around the lighthouse"),
            message(nth(days_ago(3), 2), BEN, "Ben", "my parrot escaped again"),
            message(nth(days_ago(2), 1), ANN, "Ann", "the sails are torn"),
        ])
        .await;
}

fn user(id: u64) -> Value {
    json!(id)
}

#[tokio::test]
async fn memory_show_tells_what_is_known_who_taught_it_and_how_fresh_it_is() {
    let world = world();
    two_days(&world).await;
    world.remember(ANN, "is allergic to hazelnuts").await;
    let first = interaction(member(ANN), 2, memory("show", &[]));
    let reply = world.ask(&first).await;
    assert!(reply.private && reply.deferred);
    let text = reply.text();
    assert!(text.starts_with(&format!("**About <@{ANN}>**")), "{text}");
    for part in ["lighthouse", "the sails are torn", "- is allergic to hazelnuts (by <@12>, ", "-# Written just now."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let again = world.command(member(ANN), memory("show", &[])).await.text();
    assert!(again.contains("-# Written <t:"), "{again}");

    let menu =
        json!({"id": "23", "name": "What do you remember?", "type": 2, "target_id": BEN.to_string(), "resolved": {}});
    let of_ben = world.command(moderator(ANN), menu).await;
    assert!(of_ben.private && of_ben.text().contains("parrot") && !of_ben.text().contains("hazelnuts"));
    let nobody = world.command(member(CEM), memory("show", &[])).await;
    assert!(nobody.text().contains("I remember nothing about"), "{}", nobody.text());
}

#[tokio::test]
async fn memory_show_says_what_is_missing() {
    let world = world();
    two_days(&world).await;
    world.remember(ANN, "keeps bees").await;
    let down = local_cloud::Rule { fault: Some(local_cloud::Fault::Status(503)), ..local_cloud::Rule::default() };
    world.cloud.model().set(vec![down]);
    let text = world.command(member(ANN), memory("show", &[])).await.text();
    assert!(text.contains("keeps bees"), "{text}");
    let missing = format!("-# Missing: {}, {}. Ask again", days_ago(2), days_ago(3));
    assert!(text.contains(&missing), "{text}");
}

#[tokio::test]
async fn facts_and_names_are_taught_shown_and_forgotten() {
    let world = world();
    let reply = world
        .command(member(ANN), memory("remember", &[("person", user(BEN)), ("fact", json!("plays the tuba"))]))
        .await;
    assert!(reply.private && !reply.deferred && reply.text().contains("> plays the tuba"), "{}", reply.text());
    let again = world
        .command(member(ANN), memory("remember", &[("person", user(BEN)), ("fact", json!("Plays  the tuba"))]))
        .await;
    assert!(again.text().contains("already"), "{}", again.text());
    let alias = world.command(member(ANN), memory("alias", &[("person", user(BEN)), ("name", json!("Benny"))])).await;
    assert!(alias.text().contains("“Benny”"), "{}", alias.text());

    let shown = world.command(member(BEN), memory("show", &[])).await.text();
    assert!(
        shown.contains(&format!("- plays the tuba (by <@{ANN}>, ")) && shown.contains("Also known as: Benny"),
        "{shown}"
    );

    let forget = |fact: Value| memory("forget", &[("person", user(BEN)), ("fact", fact)]);
    let choices = world.choices(member(BEN), forget(json!("tub"))).await;
    assert_eq!((choices.len(), &choices[0]["name"]), (1, &json!("plays the tuba")));
    let forgotten = world.command(member(BEN), forget(choices[0]["value"].clone())).await;
    assert!(forgotten.text().contains("Forgotten"), "{}", forgotten.text());
    let twice = world.command(member(BEN), forget(choices[0]["value"].clone())).await;
    assert!(twice.text().contains("nothing to forget"), "{}", twice.text());
    assert!(!world.command(member(BEN), memory("show", &[])).await.text().contains("tuba"));
}

#[tokio::test]
async fn a_message_is_remembered_and_taken_back_with_a_button() {
    let world = world();
    let author = json!({"id": BEN.to_string(), "username": "ben"});
    let said = json!({"id": "60", "content": "I keep bees now", "author": author, "type": 0});
    let menu = json!({"id": "24", "name": "Remember this", "type": 3, "target_id": "60", "resolved": {"messages": {"60": said}}});
    let reply = world.command(member(ANN), menu).await;
    assert!(reply.text().contains("> I keep bees now"), "{}", reply.text());
    let answer = world.first_answer(&press(member(ANN), &reply, "Forget it again")).await;
    assert_eq!((&answer["type"], &answer["data"]["components"]), (&json!(7), &json!([])));
    let facts = world.call("people", json!({"guild_id": GUILD, "user_id": BEN, "op": "facts"})).await.unwrap();
    assert_eq!(facts["facts"], json!([]));
}

#[tokio::test]
async fn catchup_tells_a_day_to_everybody_and_one_persons_to_the_asker() {
    let world = world();
    two_days(&world).await;
    let day = json!(days_ago(3));
    let reply = world.command(member(CEM), catchup(&[("day", day.clone())])).await;
    assert!(reply.deferred && !reply.private);
    let text = reply.text();
    assert!(
        text.contains("lighthouse") && text.contains("parrot") && text.contains(&format!("**<@{BEN}>**")),
        "{text}"
    );
    let of_ben = world.command(member(CEM), catchup(&[("day", day), ("person", user(BEN))])).await;
    assert!(of_ben.private && of_ben.text().contains("parrot") && !of_ben.text().contains("lighthouse"));
    let today = world.command(member(CEM), catchup(&[])).await;
    assert!(today.text().contains("I have read nothing of"), "{}", today.text());

    let choices = world.choices(member(CEM), catchup(&[("day", json!("yes"))])).await;
    assert_eq!(choices.len(), 1);
    assert!(choices[0]["name"].as_str().unwrap().starts_with("yesterday"));
    let wrong = world.command(member(CEM), catchup(&[("day", json!("the day of the parrot"))])).await;
    assert!(!wrong.deferred && wrong.text().contains("I can tell about the days from"), "{}", wrong.text());
}

#[tokio::test]
async fn german_clients_read_german() {
    let world = world();
    let ann = Asker { locale: "de", ..member(ANN) };
    let remembered = world.command(ann, memory("remember", &[("person", user(ANN)), ("fact", json!("mag Tee"))])).await;
    assert!(remembered.text().starts_with("Das merke ich mir über"), "{}", remembered.text());
    let shown = world.command(ann, memory("show", &[])).await.text();
    assert!(shown.contains("**Beigebracht**") && shown.contains("-# Genau wie beigebracht."), "{shown}");
}

#[tokio::test]
async fn long_answers_come_in_embeds_or_as_a_file() {
    let world = world();
    let fact = |n: usize| format!("{n} {}", "x".repeat(480));
    for n in 0..8 {
        world.remember(ANN, &fact(n)).await;
    }
    let embeds = world.command(member(ANN), memory("show", &[])).await;
    assert!(embeds.files.is_empty() && embeds.text().contains(&fact(7)), "{}", embeds.text());
    assert_eq!(embeds.message.unwrap()["embeds"].as_array().unwrap().len(), 2);
    for n in 8..20 {
        world.remember(ANN, &fact(n)).await;
    }
    let file = world.command(member(ANN), memory("show", &[])).await;
    assert!(file.files[0].text.contains(&fact(19)), "{}", file.text());
}

#[tokio::test]
async fn rule_43_privacy_tells_anybody_at_once_what_is_done_with_what_they_write() {
    let world = world();
    world.command(moderator(ANN), memory("settings", &[("see", json!("anyone"))])).await;
    let privacy = || json!({"id": "24", "name": "privacy", "type": 1});
    let of_both = ["30", "`us-east-1`", "`127.0.0.1`", "/memory forget"];
    for (locale, words) in [("en-US", "yourself and anyone here"), ("de", "du selbst und alle hier")] {
        let reply = world.command(Asker { locale, ..member(BEN) }, privacy()).await;
        assert!(reply.private && !reply.deferred);
        let text = reply.text();
        assert!(of_both.iter().chain(&[words]).all(|part| text.contains(part)), "{text}");
        assert!(!text.contains("Gemini"), "it is not Google that the stand-in's address leads to: {text}");
    }
}
