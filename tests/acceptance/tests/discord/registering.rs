//! `guild-memory commands register`, over the real binary.

use std::process::{Command, Output};

use serde_json::json;

use crate::world::{GUILD, World, binaries};

fn register(world: &World, arguments: &[&str], token: &str) -> Output {
    let mut command = Command::new(binaries().join("guild-memory"));
    command.args(["commands", "register"]).args(arguments);
    command.env("DISCORD_APPLICATION_ID", "998100000000000001").env("DISCORD_BOT_TOKEN", token);
    command.env("DISCORD_BASE_URL", world.cloud.url()).env("NO_PROXY", "127.0.0.1");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn commands_are_registered_once_and_what_changed_is_said() {
    let world = World::start();
    let discord = world.cloud.discord();
    let puts = || discord.requests().iter().filter(|request| request.method == "PUT").count();

    let dry = said(&register(&world, &["--dry-run"], "local-cloud-key"));
    assert!(dry.contains("new        /memory") && dry.contains("dry run") && puts() == 0, "{dry}");
    let first = said(&register(&world, &[], "local-cloud-key"));
    assert!(first.contains("new        /catchup") && first.contains("Registered for every guild."), "{first}");
    let again = said(&register(&world, &[], "local-cloud-key"));
    assert!(again.contains("unchanged  /memory") && again.contains("Nothing to change"), "{again}");
    assert_eq!(puts(), 1);
    let names: Vec<_> = discord.commands("").iter().map(|command| command["name"].clone()).collect();
    assert_eq!(json!(names), json!(["memory", "catchup", "What do you remember?", "Remember this"]));

    said(&register(&world, &["--guild", GUILD], "local-cloud-key"));
    assert_eq!(discord.commands(GUILD).len(), 4);
    assert_eq!(discord.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_token_is_explained_and_never_shown() {
    let world = World::start();
    let output = register(&world, &[], "tokensecret");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && error.contains("DISCORD_BOT_TOKEN the token of this application's bot?"),
        "{error}"
    );
    assert!(!error.contains("tokensecret"));
}
