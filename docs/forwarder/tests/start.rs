//! What is missing at the start is said, and ends it.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use local_cloud::{LocalCloud, Options};

/// What the forwarder says, started with these variables and no others.
fn refusal(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forwarder"));
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", "us-east-1");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_missing_or_empty_token_is_said() {
    for variables in [&[][..], &[("DISCORD_BOT_TOKEN", " ")]] {
        let said = refusal(variables);
        assert!(said.contains("set DISCORD_BOT_TOKEN"), "{said}");
    }
}

#[test]
fn missing_credentials_are_said() {
    let said = refusal(&[("DISCORD_BOT_TOKEN", "t")]);
    assert!(said.contains("there are no AWS credentials: set AWS_PROFILE"), "{said}");
}

#[test]
fn a_function_that_is_not_there_is_said() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let said = refusal(&[
        ("DISCORD_BOT_TOKEN", "t"),
        ("INGEST_MESSAGES_FUNCTION", "ingest"),
        ("AWS_ENDPOINT_URL_LAMBDA", cloud.url()),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ]);
    assert!(said.contains("ingest cannot be invoked: are INGEST_MESSAGES_FUNCTION"), "{said}");
    assert!(said.contains("Function not found"), "{said}");
}
