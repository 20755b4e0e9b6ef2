//! A moderator ends all that is kept of a server: from the command over the form to what is stored.

use serde_json::{Value, json};

use super::asking::{ANN, Asker, BEN, fill_in, member, memory, moderator, press, world};
use crate::world::{World, days_ago, message, nth};

const CEM: u64 = 998100000000000012;

fn wipe() -> Value {
    memory("wipe", &[])
}

/// Ann and Ben have written, both are remembered, and the moderators have decided something.
async fn a_remembered_guild(world: &World) {
    let day = days_ago(2);
    world
        .ingest(&[message(nth(day, 1), ANN, "zebraname", "zebrawords"), message(nth(day, 2), BEN, "zebraben", "zebra")])
        .await;
    world.remember(ANN, "zebrafact").await;
    world.memories(&[ANN, BEN]).await;
    world.command(moderator(CEM), memory("settings", &[("see", json!("anyone"))])).await;
}

async fn end_what_is_due(world: &World) -> Value {
    world.call("people", json!({"op": "erase_due"})).await.unwrap()
}

#[tokio::test]
async fn rule_45_a_moderator_who_types_the_words_has_the_guild_wiped_an_hour_later() {
    let world = world();
    a_remembered_guild(&world).await;
    let form = world.form(moderator(CEM), wipe()).await;
    assert!(form.to_string().contains("summaries of all days"), "it is said what goes: {form}");
    let wrong = world.ask(&fill_in(moderator(CEM), &form, "yes")).await;
    assert!(wrong.private && wrong.text().contains("did nothing"), "{}", wrong.text());
    assert!(!world.everything_stored().await.contains("WIPES"));

    let form = world.form(moderator(CEM), wipe()).await;
    let noted = world.ask(&fill_in(moderator(CEM), &form, "Wipe everything")).await;
    assert!(noted.private && noted.text().contains("It begins <t:"), "{}", noted.text());
    let nothing = json!({"members": 0, "guilds": 0, "complete": true});
    assert_eq!(end_what_is_due(&world).await, nothing, "there is time to call it off");
    assert!(world.everything_stored().await.contains("zebrafact"));

    world.an_hour_passes_for_the_wipe().await;
    let late = world.ask(&press(moderator(CEM), &noted, "Keep everything")).await;
    assert!(late.text().contains("has begun"), "{}", late.text());
    assert_eq!(end_what_is_due(&world).await, json!({"members": 0, "guilds": 1, "complete": true}));
    let stored = world.everything_stored().await;
    assert!(!stored.contains("zebra") && !stored.contains("\"WIPES\"") && stored.contains("SETTINGS"), "{stored}");
    let logs = world.emulator.logs();
    assert!(logs.contains("guild_wipe_noted") && logs.contains("guild_wiped") && !logs.contains("zebra"));
    world.form(moderator(CEM), wipe()).await;
}

#[tokio::test]
async fn rule_45_nobody_but_a_moderator_wipes_and_every_moderator_calls_it_off() {
    let world = world();
    a_remembered_guild(&world).await;
    let refused = world.command(member(ANN), wipe()).await;
    assert!(refused.private && refused.text().contains("moderators"), "{}", refused.text());
    let form = world.form(moderator(CEM), wipe()).await;
    let not_any_more = world.ask(&fill_in(member(CEM), &form, "wipe everything")).await;
    assert!(not_any_more.text().contains("moderators"), "{}", not_any_more.text());
    assert!(!world.everything_stored().await.contains("WIPES"));

    let form = world.form(moderator(CEM), wipe()).await;
    world.ask(&fill_in(moderator(CEM), &form, "wipe everything")).await;
    let seen = world.command(moderator(BEN), wipe()).await;
    assert!(seen.private && seen.text().contains("It begins <t:"), "{}", seen.text());
    let refused = world.ask(&press(member(BEN), &seen, "Keep everything")).await;
    assert!(refused.text().contains("moderators"), "{}", refused.text());
    assert!(world.everything_stored().await.contains("WIPES"), "it is noted still");
    let kept = world.ask(&press(moderator(BEN), &seen, "Keep everything")).await;
    assert!(kept.private && kept.text().contains("Called off"), "{}", kept.text());
    let stored = world.everything_stored().await;
    assert!(!stored.contains("WIPES") && stored.contains("zebrafact"), "{stored}");
    let again = world.ask(&press(moderator(BEN), &seen, "Keep everything")).await;
    assert!(again.text().contains("no wipe to call off"), "{}", again.text());
}

#[tokio::test]
async fn rule_45_german_clients_type_german_words() {
    let world = world();
    let german = Asker { locale: "de", ..moderator(CEM) };
    let form = world.form(german, wipe()).await;
    let noted = world.ask(&fill_in(german, &form, "Alles löschen")).await;
    assert!(noted.text().contains("Es beginnt <t:"), "{}", noted.text());
    let kept = world.ask(&press(german, &noted, "Alles behalten")).await;
    assert!(kept.text().contains("Aufgehalten"), "{}", kept.text());
}
