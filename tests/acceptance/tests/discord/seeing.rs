//! Who may see what.

use serde_json::{Value, json};

use super::asking::{ANN, BEN, GENERAL, catchup, interaction, member, memory, moderator, world};
use crate::world::{GUILD, World, days_ago, message, nth};

fn about(person: u64, fact: &str) -> Value {
    memory("forget", &[("person", json!(person)), ("fact", json!(fact))])
}

#[tokio::test]
async fn what_is_remembered_about_others_is_for_moderators() {
    let world = world();
    world.remember(BEN, "is afraid of geese").await;
    let show = || memory("show", &[("person", json!(BEN))]);
    let refused = world.command(member(ANN), show()).await;
    assert!(
        refused.private && !refused.deferred && refused.text().contains("for its moderators"),
        "{}",
        refused.text()
    );
    assert!(world.command(moderator(ANN), show()).await.text().contains("geese"));
    assert!(world.command(member(BEN), show()).await.text().contains("geese"), "oneself always");

    assert_eq!(world.choices(member(ANN), about(BEN, "")).await, Vec::<Value>::new());
    assert_eq!(world.choices(moderator(ANN), about(BEN, "")).await.len(), 1);
    for guess in ["is afraid of geese", "is afraid of cats"] {
        let answer = world.command(member(ANN), about(BEN, guess)).await.text();
        assert!(answer.contains("what is about you or what you taught me"), "nothing is learned by guessing: {answer}");
    }
    assert!(world.command(member(BEN), memory("show", &[])).await.text().contains("geese"), "nothing was forgotten");
}

#[tokio::test]
async fn whoever_taught_something_can_take_it_back() {
    let world = world();
    world.command(member(ANN), memory("remember", &[("person", json!(BEN)), ("fact", json!("sings"))])).await;
    world.remember(BEN, "is afraid of geese").await;
    let choices = world.choices(member(ANN), about(BEN, "")).await;
    assert_eq!((choices.len(), &choices[0]["name"]), (1, &json!("sings")));
    let forgotten = world.command(member(ANN), about(BEN, "sings")).await.text();
    assert!(forgotten.contains("Forgotten"), "{forgotten}");
}

#[tokio::test]
async fn outside_of_a_guild_there_is_a_friendly_refusal() {
    let world = world();
    for (kind, data) in [(2, memory("show", &[])), (2, catchup(&[])), (4, about(BEN, ""))] {
        let mut direct = interaction(member(ANN), kind, data);
        let user = direct["member"]["user"].take();
        direct["member"] = Value::Null;
        (direct["guild_id"], direct["user"]) = (Value::Null, user);
        let answer = world.first_answer(&direct).await;
        match kind {
            4 => assert_eq!(answer["data"]["choices"], json!([])),
            _ => assert!(answer["data"]["content"].as_str().unwrap().contains("inside of one"), "{answer}"),
        }
    }
}

const HIDDEN: &str = "998100000000000701";
const THREAD: &str = "998100000000000702";

async fn said_in(world: &World, channel: &str, n: u32) {
    let mut said = message(nth(days_ago(3), n), ANN, "Ann", "the treasure is under the lighthouse");
    said["channel_id"] = json!(channel);
    world.ingest(&[said]).await;
}

async fn caught_up(world: &World) -> String {
    world.command(moderator(BEN), catchup(&[("day", json!(days_ago(3)))])).await.text()
}

#[tokio::test]
async fn rule_26_a_day_is_told_without_what_not_everybody_may_read() {
    let world = world();
    let discord = world.cloud.discord();
    let archived = json!({"id": THREAD, "type": 11, "parent_id": GENERAL, "thread_metadata": {"archived": true}});
    discord.put_channel(GUILD, archived);
    said_in(&world, THREAD, 2).await;
    assert!(caught_up(&world).await.contains("treasure"), "an archived thread is as open as its channel");

    let overwrites = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": "1024"}]);
    discord.put_channel(GUILD, json!({"id": GENERAL, "type": 0, "permission_overwrites": overwrites}));
    world.fifteen_minutes_pass().await;
    let answer = caught_up(&world).await;
    assert!(!answer.contains("treasure") && answer.contains("I have read nothing"), "{answer}");
}

#[tokio::test]
async fn rule_26_a_channel_that_nobody_knows_or_a_discord_that_does_not_answer_opens_nothing() {
    let world = world();
    said_in(&world, "998100000000000799", 1).await;
    let answer = caught_up(&world).await;
    assert!(!answer.contains("treasure") && answer.contains("I have read nothing"), "{answer}");
    said_in(&world, GENERAL, 2).await;
    assert!(caught_up(&world).await.contains("treasure"), "for 15 minutes it is known that it is open");
    let fault =
        local_cloud::DiscordFault { path: Some("/guilds/".into()), status: 403, code: 50001, ..Default::default() };
    world.cloud.discord().fail(fault);
    world.fifteen_minutes_pass().await;
    let answer = caught_up(&world).await;
    assert!(!answer.contains("treasure") && answer.contains("could not find out which channels"), "{answer}");
}

/// Everybody may join no voice channel that is locked, nor read its chat: Discord, "Get Channel Messages": "If the channel is
/// a voice channel, they must also have the CONNECT permission."
#[tokio::test]
async fn rule_26_what_was_said_in_a_locked_voice_channel_is_not_told() {
    let world = world();
    let discord = world.cloud.discord();
    discord.put_role(GUILD, GUILD, &(66_560_u64 | 1 << 20).to_string());
    let locked = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": (1 << 20).to_string()}]);
    discord.put_channel(GUILD, json!({"id": HIDDEN, "type": 2, "permission_overwrites": locked}));
    said_in(&world, HIDDEN, 3).await;
    let answer = caught_up(&world).await;
    assert!(!answer.contains("treasure") && answer.contains("I have read nothing"), "{answer}");
}

/// What `/catchup` does not tell, `/memory show` does not either: to nobody, where the guild lets anyone see.
#[tokio::test]
async fn rule_26_a_memory_tells_nobody_what_was_said_where_they_may_not_read() {
    let world = world();
    let overwrites = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": "1024"}]);
    world.cloud.discord().put_channel(GUILD, json!({"id": HIDDEN, "type": 0, "permission_overwrites": overwrites}));
    let settings = world.command(moderator(BEN), memory("settings", &[("see", json!("anyone"))])).await.text();
    said_in(&world, HIDDEN, 3).await;
    let answer = caught_up(&world).await;
    assert!(!answer.contains("treasure"), "{answer}");
    let shown = world.command(member(BEN), memory("show", &[("person", json!(ANN))])).await.text();
    assert!(!shown.contains("treasure"), "{shown}");
    assert!(settings.contains("anyone"), "{settings}");
}

/// What is said about somebody in private does not go into the question about that very person.
#[tokio::test]
async fn rule_26_nobody_is_summarized_from_what_they_may_not_read() {
    let world = world();
    let overwrites = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": "1024"}]);
    world.cloud.discord().put_channel(GUILD, json!({"id": HIDDEN, "type": 0, "permission_overwrites": overwrites}));
    world.ingest(&[message(nth(days_ago(3), 1), ANN, "Ann", "good morning")]).await;
    let mut staff = message(nth(days_ago(3), 2), BEN, "Ben", "we will ban Ann on Friday, do not tell her");
    staff["channel_id"] = json!(HIDDEN);
    world.ingest(&[staff]).await;
    world.command(member(ANN), memory("show", &[])).await;
    let calls = world.cloud.model().calls();
    let asked = calls.iter().find(|call| call.prompt.contains("name=\"Ann\"")).expect("asked about Ann");
    assert!(!asked.prompt.contains("ban Ann"), "{}\n{}", asked.system, asked.prompt);
}
