//! cargo-lambda's emulator alone: the APIs between callers and functions, without the functions.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result};

use super::{
    listening::{self, Server},
    process::Log,
    tools::{cargo_lambda, workspace_root},
};

pub(super) fn start(limit: Duration) -> Result<Server> {
    listening::start(0, limit, command).context("cargo-lambda's emulator did not start")
}

pub(super) fn command(port: u16) -> Result<(Command, Option<Log>)> {
    let mut command = Command::new(cargo_lambda()?);
    command
        .args(["lambda", "watch", "--only-lambda-apis", "--ignore-changes", "--disable-cors", "-A", "127.0.0.1", "-P"])
        .arg(port.to_string())
        .current_dir(workspace_root());
    Ok((command, Some(Log::new()?)))
}
