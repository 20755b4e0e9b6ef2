//! `guild-memory person` and `guild-memory guild`: what they ask, and what they say where nobody can be asked.

use std::process::{Command, Stdio};

use local_cloud::{LocalCloud, Options};

/// What the tool says, and whether it succeeded.
fn tool(url: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
    command.args(arguments).arg(format!("--local={url}")).env("NO_PROXY", "127.0.0.1").stdin(Stdio::null());
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn rule_45_no_guild_is_wiped_without_its_id_typed() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let (succeeded, said) = tool(cloud.url(), &["guild", "wipe", "--guild", "1"]);
    assert!(
        !succeeded && said.contains("nothing was done: type the id of the guild to confirm, or give --yes"),
        "{said}"
    );
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    for arguments in [
        ["person", "erase", "--guild", "1"].as_slice(),
        &["person", "opt-out", "--user", "10"],
        &["guild", "wipe", "--yes"],
    ] {
        let (succeeded, said) = tool("http://127.0.0.1:1", arguments);
        assert!(!succeeded && said.contains("required arguments were not provided"), "{said}");
    }
    let (succeeded, said) = tool("http://127.0.0.1:1", &["guild", "wipe", "--guild", "1", "--yes"]);
    assert!(!succeeded && said.contains("start `make watch` first"), "{said}");
}
