//! What people decide about what is kept of them, from the command over the button to what is stored.

use serde_json::{Value, json};

use super::asking::{ANN, Asker, BEN, GENERAL, member, memory, moderator, press, world};
use crate::world::{GUILD, World, days_ago, message, nth};

const CEM: u64 = 998100000000000012;

/// Ann and Ben have written, and Ben has mentioned Ann; both are remembered.
async fn two_who_wrote(world: &World) {
    let (day, before) = (days_ago(2), days_ago(3));
    let mut mention = message(nth(before, 1), BEN, "Ben", &format!("the anchor is with <@{ANN}>"));
    mention["mentions"] = json!([{"id": ANN, "name": "zebramention"}]);
    world
        .ingest(&[
            message(nth(day, 1), ANN, "zebraname", "zebrawords"),
            message(nth(day, 2), BEN, "Ben", "who has seen the anchor?"),
            mention,
        ])
        .await;
    world.remember(ANN, "zebrafact").await;
    world.memories(&[ANN, BEN]).await;
}

fn about(person: u64) -> Value {
    memory("erase", &[("person", json!(person))])
}

async fn is_all_there(world: &World) -> bool {
    let stored = world.everything_stored().await;
    ["zebraname", "zebrawords", "zebrafact", "zebramention"].iter().all(|word| stored.contains(word))
}

#[tokio::test]
async fn rule_41_who_is_sure_is_erased_and_who_cancels_is_not() {
    let world = world();
    two_who_wrote(&world).await;
    let ask = async || world.command(member(ANN), memory("erase", &[])).await;
    let asked = ask().await;
    assert!(asked.private && !asked.deferred, "for her eyes only, and at once");
    for part in ["my memory of you", "summaries of all days", "@someone", "/memory export"] {
        assert!(asked.text().contains(part), "{part}: {}", asked.text());
    }
    let cancelled = world.ask(&press(member(ANN), &asked, "Cancel")).await;
    assert!(cancelled.private && cancelled.text().contains("Nothing was changed"), "{}", cancelled.text());
    let others = world.ask(&press(moderator(BEN), &ask().await, "Erase for good")).await;
    assert!(others.text().contains("Somebody else was asked"), "{}", others.text());
    assert!(is_all_there(&world).await);

    let erased = world.ask(&press(member(ANN), &ask().await, "Erase for good")).await;
    assert!(erased.private && erased.edits == 1, "first that it is being done, then what was");
    let components = &erased.message.as_ref().unwrap()["components"];
    assert!(components.as_array().unwrap().is_empty(), "there is nothing to press any more: {components}");
    for part in ["deleted: 1.", "became @someone: 1.", "when somebody asks: 2."] {
        assert!(erased.text().contains(part), "{part}: {}", erased.text());
    }
    let stored = world.everything_stored().await;
    assert!(!stored.contains("zebra") && stored.contains("who has seen the anchor?"), "{stored}");
    world.ingest(&[message(nth(days_ago(2), 1), ANN, "zebraname", "zebrawords")]).await;
    assert!(!world.everything_stored().await.contains("zebra"), "it stays out");
}

#[tokio::test]
async fn rule_20_who_opts_out_is_forgotten_and_not_kept_until_they_opt_in() {
    let world = world();
    two_who_wrote(&world).await;
    let asked = world.command(member(ANN), memory("opt-out", &[])).await;
    for part in ["keep nothing you write", "if you leave and come back", "/memory opt-in"] {
        assert!(asked.private && asked.text().contains(part), "{part}: {}", asked.text());
    }
    assert!(is_all_there(&world).await);
    world.ask(&press(member(ANN), &asked, "Cancel")).await;
    assert!(is_all_there(&world).await);
    let out = world.ask(&press(member(ANN), &asked, "Remember nothing about me")).await;
    assert!(out.text().contains("keep nothing from now on"), "{}", out.text());
    assert!(!world.everything_stored().await.contains("zebra"));

    let now = guild_memory::testing::id_at(jiff::Timestamp::now(), 1);
    let said = world.ingest(&[message(now, ANN, "zebraname", "zebralater")]).await;
    assert_eq!((&said["stored"], &said["skipped"]["opted_out"]), (&json!(0), &json!(1)));
    let taught = memory("remember", &[("person", json!(ANN)), ("fact", json!("zebrafact"))]);
    let refused = world.command(member(BEN), taught.clone()).await.text();
    assert!(refused.contains("does not want to be remembered"), "{refused}");
    let export = world.command(member(ANN), memory("export", &[])).await;
    assert_eq!(serde_json::from_str::<Value>(&export.files[0].text).unwrap()["opted_out"], true);
    let privacy = json!({"id": "24", "name": "privacy", "type": 1});
    assert!(world.command(member(ANN), privacy).await.text().contains("/memory opt-in"));
    assert!(world.command(member(ANN), memory("erase", &[])).await.text().contains("Shall I erase"));

    let back = world.command(member(ANN), memory("opt-in", &[])).await;
    assert!(back.private && back.text().contains("From now on I may remember"), "{}", back.text());
    let twice = world.command(member(ANN), memory("opt-in", &[])).await;
    assert!(twice.text().contains("nothing was changed"), "{}", twice.text());
    assert!(world.command(member(BEN), taught).await.text().contains("zebrafact"));
    let said = world.ingest(&[message(nth(days_ago(2), 1), ANN, "zebraname", "zebrawords")]).await;
    assert_eq!(said["skipped"]["opted_out"], 1, "what was before does not come back: {said}");
}

#[tokio::test]
async fn an_export_is_a_file_for_its_own_eyes_with_all_that_is_kept() {
    let world = world();
    two_who_wrote(&world).await;
    let reply = world.command(member(ANN), memory("export", &[])).await;
    assert!(reply.private && reply.deferred && reply.files.len() == 1 && reply.files[0].name == "memory.json");
    let file: Value = serde_json::from_str(&reply.files[0].text).unwrap();
    assert_eq!((&file["guild_id"], &file["user_id"]), (&json!(GUILD), &json!(ANN.to_string())));
    assert_eq!((&file["name"], &file["facts"][0]["text"]), (&json!("zebraname"), &json!("zebrafact")));
    let message = &file["messages"][0];
    assert_eq!((&message["content"], &message["channel_id"]), (&json!("zebrawords"), &json!(GENERAL)));
    assert!(file["days"][0]["text"].as_str().unwrap().contains("zebrawords"), "{file}");
    assert!(file["memory"]["text"].is_string() && file["next"].is_null(), "{file}");
    assert!(!reply.files[0].text.contains("who has seen the anchor"), "of nobody else: {file}");

    let tomorrow = json!(days_ago(2).days_before(0).to_string());
    let rest = world.command(member(ANN), memory("export", &[("from", tomorrow)])).await;
    assert_eq!(serde_json::from_str::<Value>(&rest.files[0].text).unwrap()["messages"].as_array().unwrap().len(), 1);
    let wrong = world.command(member(ANN), memory("export", &[("from", json!("the beginning"))])).await;
    assert!(!wrong.deferred && wrong.text().contains("first day"), "{}", wrong.text());
}

#[tokio::test]
async fn rule_41_moderators_erase_a_member_without_reading_them_and_nobody_else_does() {
    let world = world();
    two_who_wrote(&world).await;
    let refused = world.command(member(CEM), about(ANN)).await;
    assert!(refused.text().contains("moderators") && !refused.text().contains("Shall I"), "{}", refused.text());
    assert_eq!(refused.message.unwrap()["components"], json!([]));
    let asked = world.command(moderator(CEM), about(ANN)).await;
    assert!(asked.private && asked.text().contains(&format!("<@{ANN}>")), "{}", asked.text());
    let not_any_more = world.ask(&press(member(CEM), &asked, "Erase for good")).await;
    assert!(not_any_more.text().contains("moderators") && is_all_there(&world).await, "{}", not_any_more.text());
    let erased = world.ask(&press(moderator(CEM), &asked, "Erase for good")).await;
    assert!(erased.text().contains("deleted: 1.") && !erased.text().contains("zebra"), "{}", erased.text());
    assert!(!world.everything_stored().await.contains("zebra"));
}

#[tokio::test]
async fn rule_41_german_clients_are_asked_in_german_and_told_what_stays() {
    let world = world();
    two_who_wrote(&world).await;
    world.messages_are_gone().await;
    let ann = Asker { locale: "de", ..member(ANN) };
    let asked = world.command(ann, memory("erase", &[])).await;
    assert!(asked.text().contains("Es ist dann endgültig weg"), "{}", asked.text());
    let erased = world.ask(&press(ann, &asked, "Endgültig löschen")).await;
    let stays = format!("was dort von anderen erzählt wird, bleibt, auch wo es davon spricht: {}.", days_ago(2));
    assert!(erased.text().contains(&stays), "{}", erased.text());
}
