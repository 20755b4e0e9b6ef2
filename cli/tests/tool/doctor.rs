//! `guild-memory doctor`: a deployment that is as it should be, and each thing that can be wrong with it.

use std::{collections::BTreeMap, process::Command};

use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use guild_memory::{
    domain::{Audience, Cooldown, MessageId, OpenChannels},
    ports::{CoolModels as _, KeepOpenChannels as _},
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{DISCORD_BOT, Fault, LocalCloud, Options, Rule};
use serde_json::json;

use crate::models::{config, store};

const GUILD: &str = "998100000000000777";
const CHANNEL: &str = "998100000000000778";
const TOKEN: &str = "/guild-memory/discord-bot-token";
/// View Channel and Read Message History.
const READING: &str = "66560";
/// A public key that is nobody's here: of RFC 8032.
const ANOTHER_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// What is in the deployment and must never be shown.
const HIDDEN: [&str; 5] = ["local-cloud-key", "of-another-bot", "quiet-plans", "meet at nine", "A guild"];

/// A deployment whose only guild was read that many minutes ago.
async fn deployment(minutes: i64) -> LocalCloud {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let discord = cloud.discord();
    discord.put_guild(GUILD, READING);
    discord.put_member(GUILD, DISCORD_BOT, &[]);
    discord.put_channel(GUILD, json!({"id": CHANNEL, "type": 0, "name": "quiet-plans"}));
    let now = Timestamp::now();
    discord.put_message(GUILD, CHANNEL, MessageId::last_before(now).get(), Some(json!({"content": "meet at nine"})));
    // Nothing runs behind the webhook here; this refuses whoever brings no token.
    discord.set_endpoint(Some(&format!("{}/api/v10/applications/@me", cloud.url())));
    let open = OpenChannels {
        audience: Audience::Everyone,
        channels: [CHANNEL.parse().unwrap()].into(),
        parents: BTreeMap::new(),
        read_at: now - SignedDuration::from_mins(minutes),
        sweep_due: false,
        sweep_again_at: None,
    };
    store(&cloud).keep_open_channels(GUILD.parse().unwrap(), None, &open).await.unwrap();
    let (registered, said) = tool(&cloud, &["commands", "register"]);
    assert!(registered, "{said}");
    cloud
}

fn tool(cloud: &LocalCloud, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
    command.args(arguments).env_clear().env("NO_PROXY", "127.0.0.1");
    if arguments[0] == "commands" {
        command.env("DISCORD_BOT_TOKEN", "local-cloud-key").env("DISCORD_APPLICATION_ID", "998100000000000001");
        command.env("DISCORD_BASE_URL", cloud.url());
    }
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// Whether all is fine, and the screen. Nothing that is hidden is on it.
fn doctor(cloud: &LocalCloud, arguments: &[&str]) -> (bool, String) {
    let local = format!("--local={}", cloud.url());
    let (is_fine, screen) = tool(cloud, &[&["doctor", &local], arguments].concat());
    let shown: Vec<&&str> = HIDDEN.iter().filter(|hidden| screen.contains(**hidden)).collect();
    assert!(shown.is_empty(), "{shown:?} in\n{screen}");
    (is_fine, screen)
}

/// Something is wrong, and the first line says so of `what`, with what was found and what to do.
fn assert_wrong(cloud: &LocalCloud, what: &str, found: &str, advice: &str) {
    let (is_fine, screen) = doctor(cloud, &["--no-models"]);
    let first = screen.lines().next().unwrap_or_default();
    let begins = first.starts_with(&format!("✗ {what} "));
    assert!(!is_fine && begins && first.contains(found) && first.contains(advice), "{screen}");
}

#[tokio::test]
async fn a_deployment_as_it_should_be_is_fine_on_one_screen() {
    let cloud = deployment(5).await;
    let (is_fine, screen) = doctor(&cloud, &[]);
    assert!(is_fine && screen.contains("0 wrong, 0 not known"), "{screen}");
    assert!(screen.lines().count() <= 30, "{screen}");
    for what in [
        "token",
        "intents",
        "public key",
        "endpoint",
        "commands",
        "guild 998100000000000777",
        "table MemoryTable",
        "table MessagesTable",
        "ingest_messages",
        "respond",
        "model gemini:",
    ] {
        assert!(screen.contains(&format!("✓ {what}")), "{what}: {screen}");
    }
    let calls = cloud.model().calls().len();
    assert!(calls > 0);
    let (is_fine, screen) = doctor(&cloud, &["--no-models"]);
    assert!(is_fine && screen.contains("- model gemini:"), "{screen}");
    assert_eq!(cloud.model().calls().len(), calls);
}

#[tokio::test]
async fn a_token_that_discord_does_not_know_is_wrong() {
    let cloud = deployment(5).await;
    cloud.put_parameter(TOKEN, "of-another-bot");
    assert_wrong(&cloud, "token", "Discord does not know it (401)", "store it");
    let (_, screen) = doctor(&cloud, &["--no-models"]);
    assert!(screen.contains("? guild") && screen.contains("? application") && !screen.contains("✓ guild"), "{screen}");
}

#[tokio::test]
async fn an_intent_that_is_missing_is_wrong() {
    let cloud = deployment(5).await;
    cloud.discord().set_application_flags(0);
    assert_wrong(&cloud, "intents", "Message Content is off", "turn Message Content on");
}

#[tokio::test]
async fn a_channel_that_everybody_reads_but_the_bot_is_wrong() {
    let cloud = deployment(5).await;
    let own = json!({"id": DISCORD_BOT, "type": 1, "allow": "0", "deny": "1024"});
    let channel = json!({"id": CHANNEL, "type": 0, "name": "quiet-plans", "permission_overwrites": [own]});
    cloud.discord().put_channel(GUILD, channel);
    assert_wrong(&cloud, "guild", "1 of 1 channels are closed to the bot: 998100000000000778", "View Channel");
}

#[tokio::test]
async fn a_guild_that_the_bot_left_is_wrong() {
    let cloud = deployment(5).await;
    cloud.discord().remove_member(GUILD, DISCORD_BOT);
    assert_wrong(&cloud, "guild", "the bot is not in it", "invite it");
}

#[tokio::test]
async fn a_sync_of_two_hours_ago_is_wrong() {
    let cloud = deployment(120).await;
    assert_wrong(&cloud, "guild", "last read 120 min ago", "sync_messages");
}

#[tokio::test]
async fn a_table_without_time_to_live_is_wrong() {
    let cloud = deployment(5).await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config(&cloud));
    let off = TimeToLiveSpecification::builder().enabled(false).attribute_name("expires_at").build().unwrap();
    let update = dynamodb.update_time_to_live().table_name("MessagesTable").time_to_live_specification(off);
    update.send().await.unwrap();
    assert_wrong(&cloud, "table MessagesTable", "time to live is off", "aws dynamodb update-time-to-live");
}

#[tokio::test]
async fn models_that_are_all_left_alone_are_wrong_and_are_not_asked() {
    let cloud = deployment(5).await;
    let in_ten_minutes = Timestamp::now() + SignedDuration::from_mins(10);
    let models = cloud.environment("daily_summary")["SUMMARY_MODELS"].clone();
    for model in models.split(',') {
        let name = model.split('?').next().unwrap();
        let cooldown = Cooldown { until: in_ten_minutes, why: "daily_quota".to_owned() };
        store(&cloud).cool_down(name, &cooldown).await.unwrap();
    }
    assert_wrong(&cloud, "SUMMARY_MODELS", "every model of it is left alone", "guild-memory models --clear");
    let (_, screen) = doctor(&cloud, &[]);
    assert!(screen.contains("left alone for 10 min") && screen.contains("(daily_quota)"), "{screen}");
    assert!(cloud.model().calls().is_empty());
}

#[tokio::test]
async fn a_model_that_refuses_is_wrong() {
    let cloud = deployment(5).await;
    cloud.model().set(vec![Rule { fault: Some(Fault::Status(401)), ..Rule::default() }]);
    let (is_fine, screen) = doctor(&cloud, &[]);
    let first = screen.lines().next().unwrap_or_default();
    assert!(
        !is_fine && first.starts_with("✗ model gemini:") && first.contains("are its key and its name right?"),
        "{screen}"
    );
}

#[tokio::test]
async fn a_public_key_of_another_application_is_wrong() {
    let cloud = deployment(5).await;
    let mut environment = cloud.environment("interactions");
    environment.insert("DISCORD_PUBLIC_KEY".to_owned(), ANOTHER_KEY.to_owned());
    cloud.lambda().set_environment("interactions", environment);
    assert_wrong(&cloud, "public key", "it is not that of the application", "set DiscordPublicKey");
}

#[tokio::test]
async fn an_endpoint_that_nobody_answers_at_is_wrong() {
    let cloud = deployment(5).await;
    cloud.discord().set_endpoint(Some(cloud.webhook_url()));
    assert_wrong(&cloud, "endpoint", "it answers 502", "is the tunnel or the function behind it alive?");
}

#[tokio::test]
async fn a_variable_that_is_wrong_is_named() {
    let cloud = deployment(5).await;
    let mut environment = cloud.environment("people");
    environment.insert("LEFT_DAYS".to_owned(), "many".to_owned());
    cloud.lambda().set_environment("people", environment);
    assert_wrong(&cloud, "people variables", "LEFT_DAYS", "docs/configuration.md");
}

#[tokio::test]
async fn where_nobody_answers_that_is_said_at_once() {
    let nowhere = local_cloud::Nowhere::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_guild-memory"))
        .args(["doctor", &format!("--local={}", nowhere.url())])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("nothing answers at") && said.contains("make watch"), "{said}");
}
