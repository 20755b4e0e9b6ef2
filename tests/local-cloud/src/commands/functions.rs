//! The function binaries, built and tried before anybody waits for them.

use std::{collections::BTreeMap, path::PathBuf, process::Stdio};

use anyhow::{Context, Result, ensure};
use local_cloud::{LocalCloud, Settings, Template, try_to_start, workspace_root};
use serde_json::Value;
use tokio::process::Command;

/// Builds all functions, and starts each once to see whether it takes these settings.
pub(super) async fn make_ready(cloud: &LocalCloud, settings: &Settings) -> Result<()> {
    println!("Building the functions (the first time takes some minutes)");
    let binaries = build(cloud.template()).await?;
    try_to_start(cloud, settings, &binaries).await.context("the functions do not start")
}

/// With the same selection of packages as cargo-lambda's `cargo run --bin`, or everything would be built twice.
async fn build(template: &Template) -> Result<BTreeMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--message-format=json-render-diagnostics"]).current_dir(workspace_root());
    for function in template.functions() {
        command.args(["--bin", function]);
    }
    let build = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().context("cargo cannot be run")?;
    let built = build.wait_with_output().await?;
    ensure!(built.status.success(), "the functions could not be built; what cargo wrote above says why");
    let artifacts = built.stdout.split(|byte| *byte == b'\n').filter_map(executable);
    Ok(artifacts.filter(|(name, _)| template.functions().any(|function| function == name)).collect())
}

/// The name and place of the program that a line of cargo's is about.
fn executable(line: &[u8]) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_slice(line).ok()?;
    Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_a_program_is() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"people"},"executable":"/t/people"}"#;
        assert_eq!(executable(line.as_bytes()), Some(("people".to_owned(), "/t/people".into())));
        let library = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"people"},"executable":null}"#;
        assert_eq!(executable(library.as_bytes()), None);
        assert_eq!(executable(b""), None);
    }
}
