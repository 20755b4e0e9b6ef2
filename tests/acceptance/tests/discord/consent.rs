//! A guild that asks before anything is kept of people (DESIGN rule 42).

use guild_memory::{domain::MessageId, testing::id_at};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    asking::{ANN, BEN, GENERAL, catchup, member, memory, moderator, world},
    audience,
};
use crate::world::{GUILD, World, days_ago, message, nth};

const CEM: u64 = 998100000000000012;

fn asked() -> Value {
    memory("settings", &[("consent", json!("asked"))])
}

/// The id of what is written now: after whatever was decided before.
fn now(n: u64) -> MessageId {
    id_at(Timestamp::now() + SignedDuration::from_secs(1), n)
}

/// The text of a person's memory, if there is one.
async fn told(world: &World, user: u64) -> Option<String> {
    world.memories(&[user]).await["memories"][user.to_string()].as_str().map(str::to_owned)
}

#[tokio::test]
async fn rule_42_nothing_is_kept_of_who_did_not_say_yes() {
    let world = world();
    world.command(moderator(CEM), asked()).await;
    let yes = world.command(member(BEN), memory("opt-in", &[])).await;
    assert!(yes.private && yes.text().contains("From now on I may remember"), "{}", yes.text());
    let mut mention = message(now(2), BEN, "Ben", &format!("the anchor is with <@{ANN}>"));
    mention["mentions"] = json!([{"id": ANN, "name": "zebramention"}]);
    let before = id_at(Timestamp::now() - SignedDuration::from_secs(60), 1);
    let messages = [message(before, ANN, "zebraname", "zebrawords"), mention];
    let report = world.ingest(&messages).await;
    assert_eq!((&report["stored"], &report["skipped"]["opted_out"]), (&json!(1), &json!(1)));
    let stored = world.everything_stored().await;
    assert!(!stored.contains("zebra") && stored.contains("the anchor is with @someone"), "{stored}");
    let bens = told(&world, BEN).await.unwrap();
    assert!(bens.contains("the anchor is with"), "{bens}");
    assert_eq!(told(&world, ANN).await, None);
    for call in world.cloud.model().calls() {
        assert!(!call.prompt.contains("zebra"), "{}", call.prompt);
    }
    let taught = memory("remember", &[("person", json!(ANN)), ("fact", json!("zebrafact"))]);
    let refused = world.command(member(BEN), taught.clone()).await.text();
    assert!(refused.contains("has not said yes"), "{refused}");

    world.command(member(ANN), memory("opt-in", &[])).await;
    let later = [message(now(3), ANN, "Ann", "I found the anchor"), messages[0].clone()];
    let report = world.ingest(&later).await;
    let what = (&report["stored"], &report["skipped"]["opted_out"]);
    assert_eq!(what, (&json!(1), &json!(1)), "nothing from before comes back: {report}");
    assert!(world.command(member(BEN), taught).await.text().contains("zebrafact"));
    let privacy = json!({"id": "24", "name": "privacy", "type": 1});
    assert!(world.command(member(ANN), privacy).await.text().contains("only of who said yes"));
}

#[tokio::test]
async fn rule_42_who_uses_a_command_and_has_not_answered_sees_a_short_notice_once() {
    let world = world();
    world.command(moderator(CEM), asked()).await;
    let is_told =
        async |data: Value| world.command(member(ANN), data).await.text().contains("you have not answered yet");
    assert!(!is_told(catchup(&[])).await, "not where everybody reads it");
    assert!(is_told(memory("show", &[])).await);
    assert!(!is_told(memory("show", &[])).await, "once");
    let at_once = memory("remember", &[("person", json!(BEN)), ("fact", json!("sings"))]);
    let of_ben = world.command(member(BEN), at_once.clone()).await.text();
    assert!(of_ben.contains("has not said yes") && of_ben.contains("-# On this server I remember only"), "{of_ben}");
    assert!(!world.command(member(BEN), at_once).await.text().contains("you have not answered yet"));
}

#[tokio::test]
async fn rule_42_what_is_read_from_discord_is_kept_of_who_said_yes_alone() {
    let world = audience::world();
    let say = |id: MessageId, author: u64, content: &str| {
        let author = json!({"id": author.to_string(), "username": "x", "global_name": "somebody"});
        let message = json!({"id": id, "type": 0, "content": content, "author": author});
        world.cloud.discord().put_message(GUILD, GENERAL, id.get(), Some(message));
    };
    world.command(moderator(CEM), asked()).await;
    say(nth(days_ago(2), 1), ANN, "zebrabefore");
    audience::sync(&world).await;
    assert!(!world.everything_stored().await.contains("zebra"));
    world.command(member(ANN), memory("opt-in", &[])).await;
    say(now(1), ANN, "I found the anchor");
    say(now(2), BEN, "zebraben");
    audience::sync(&world).await;
    let stored = world.everything_stored().await;
    assert!(stored.contains("I found the anchor") && !stored.contains("zebra"), "{stored}");
}

#[tokio::test]
async fn rule_42_when_a_guild_begins_to_ask_what_it_kept_is_hidden_at_once_and_then_gone() {
    let world = world();
    let day = days_ago(2);
    let mut mention = message(nth(day, 3), BEN, "Ben", &format!("<@{ANN}> and <@{CEM}> have the anchor"));
    mention["mentions"] = json!([{"id": ANN, "name": "zebraname"}, {"id": CEM, "name": "zebracem"}]);
    world
        .ingest(&[
            message(nth(day, 1), ANN, "zebraname", "zebrawords"),
            message(nth(day, 2), CEM, "zebracem", "zebrasecond"),
            mention,
        ])
        .await;
    world.remember(ANN, "zebrafact").await;
    world.memories(&[ANN, BEN, CEM]).await;

    world.cloud.lambda().throttle_next("respond", 1);
    let begun = world.command(moderator(CEM), asked()).await;
    assert!(begun.text().contains("Try again in a minute"), "{}", begun.text());
    assert!(world.everything_stored().await.contains("zebrawords"), "it is still there");
    assert_eq!(told(&world, ANN).await, None, "and is told to nobody");
    assert_eq!(world.summary(day).await.unwrap()["summaries"], json!({}));
    let shown = world.command(member(ANN), memory("show", &[])).await.text();
    assert!(!shown.contains("zebra"), "{shown}");
    let caught_up = world.command(member(BEN), catchup(&[("day", json!(day))])).await.text();
    assert!(!caught_up.contains("zebra") && !caught_up.contains("anchor"), "{caught_up}");

    let ended = world.command(moderator(CEM), asked()).await;
    assert!(ended.private && ended.text().contains("has ended"), "{}", ended.text());
    assert!(ended.text().contains("deleted: 3."), "{}", ended.text());
    let stored = world.everything_stored().await;
    assert!(!stored.contains("zebra") && !stored.contains("anchor"), "{stored}");
    world.command(member(ANN), memory("opt-in", &[])).await;
    assert_eq!(told(&world, ANN).await, None, "nothing from before comes back");
}
