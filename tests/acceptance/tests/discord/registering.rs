//! `guild-memory commands register`, over the real binary.

use std::process::{Command, Output};

use serde_json::json;

use crate::world::{GUILD, World, binaries};

fn register(world: &World, arguments: &[&str], token: &str) -> Output {
    let mut command = Command::new(binaries().join("guild-memory"));
    command.args(["commands", "register"]).args(arguments);
    command.env("DISCORD_APPLICATION_ID", "998100000000000001").env("DISCORD_BOT_TOKEN", token);
    command.env("DISCORD_BASE_URL", world.cloud.url()).env("NO_PROXY", "127.0.0.1");
    command.stdin(std::process::Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn commands_are_registered_once_and_what_changed_is_said() {
    let world = World::start();
    let discord = world.cloud.discord();
    discord.put_commands("", vec![json!({"id": "5", "type": 1, "name": "somebody-elses", "description": "x"})]);
    let puts = || discord.requests().iter().filter(|request| request.method != "GET").count();

    let dry = said(&register(&world, &["--dry-run"], "local-cloud-key"));
    assert!(dry.contains("new        /memory") && dry.contains("dry run") && puts() == 0, "{dry}");
    let first = said(&register(&world, &[], "local-cloud-key"));
    assert!(first.contains("new        /catchup") && first.contains("Registered for every guild."), "{first}");
    let again = said(&register(&world, &[], "local-cloud-key"));
    assert!(again.contains("unchanged  /memory") && again.contains("Nothing to change"), "{again}");
    assert_eq!(puts(), 5);
    let names: Vec<_> = discord.commands("").iter().map(|command| command["name"].clone()).collect();
    assert_eq!(
        json!(names),
        json!(["somebody-elses", "memory", "catchup", "privacy", "What do you remember?", "Remember this"])
    );
    assert!(again.contains("left alone /somebody-elses"), "{again}");

    said(&register(&world, &["--guild", GUILD], "local-cloud-key"));
    assert_eq!(discord.commands(GUILD).len(), 5);
    assert_eq!(discord.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_removed_unasked_and_only_of_ones_own_names() {
    let world = World::start();
    let discord = world.cloud.discord();
    let old = json!({"id": "5", "type": 2, "name": "memory"});
    discord.put_commands("", vec![old, json!({"id": "6", "type": 1, "name": "somebody-elses", "description": "x"})]);
    let refused = register(&world, &[], "local-cloud-key");
    let (shown, error) = (String::from_utf8_lossy(&refused.stdout), String::from_utf8_lossy(&refused.stderr));
    assert!(shown.contains("removed    memory (menu of a person)") && error.contains("add --yes"), "{shown}{error}");
    assert_eq!((refused.status.success(), discord.commands("").len()), (false, 2), "nothing was changed");

    said(&register(&world, &["--yes"], "local-cloud-key"));
    let names: Vec<_> = discord.commands("").iter().map(|command| command["name"].clone()).collect();
    assert_eq!(
        json!(names),
        json!(["somebody-elses", "memory", "catchup", "privacy", "What do you remember?", "Remember this"])
    );
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
