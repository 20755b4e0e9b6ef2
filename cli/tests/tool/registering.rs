//! `guild-memory commands register`, where Discord stops it.

use std::process::Command;

use local_cloud::{DiscordFault, LocalCloud, Options};

/// Registers the commands, and gives whether it succeeded and what it wrote.
fn register(cloud: &LocalCloud) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
    command.args(["commands", "register"]).env("NO_PROXY", "127.0.0.1");
    command.env("DISCORD_APPLICATION_ID", "998100000000000001").env("DISCORD_BOT_TOKEN", "local-cloud-key");
    let output = command.env("DISCORD_BASE_URL", cloud.url()).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

fn fault(method: &str) -> DiscordFault {
    DiscordFault { method: Some(method.to_owned()), status: 403, ..DiscordFault::default() }
}

#[test]
fn who_is_stopped_before_the_first_change_is_told_that_nothing_was_changed() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    cloud.discord().fail(fault("GET"));
    let (succeeded, said) = register(&cloud);
    assert!(!succeeded && said.contains("nothing was changed"), "{said}");
}

#[test]
fn who_is_stopped_halfway_is_told_how_far_it_came_and_does_the_rest_later() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    cloud.discord().fail(DiscordFault { every: Some(2), ..fault("POST") });
    let (succeeded, said) = register(&cloud);
    assert!(!succeeded && said.contains("1 of 5 changes were made before this; run it again"), "{said}");
    assert!(!said.contains("nothing was changed") && cloud.discord().commands("").len() == 1, "{said}");

    cloud.discord().heal();
    let (succeeded, said) = register(&cloud);
    assert!(succeeded && said.contains("Registered for every guild."), "{said}");
    assert_eq!(cloud.discord().commands("").len(), 5);
}
