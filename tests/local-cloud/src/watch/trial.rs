//! Starts each function once before anybody waits for it: what is wrong with a setting, the function itself says best.
//!
//! ```text
//! function                                   here
//!  ├─ reads and checks its variables
//!  │  wrong: says so and ends ──────────────▶ that is the error
//!  ├─ asks its runtime API for work ────────▶ it has started, and is ended
//! ```

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use futures::future::join_all;

use super::Settings;
use crate::{cloud::LocalCloud, emulator::tools::clean_environment, http::listen};

/// An init takes milliseconds; on a machine that has other things to do, more.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Whether each of the `binaries`, by function, starts with these settings.
///
/// # Errors
/// What those say that do not.
pub async fn try_to_start(cloud: &LocalCloud, settings: &Settings, binaries: &BTreeMap<String, PathBuf>) -> Result<()> {
    let environment = settings.environment(cloud);
    let started = binaries.iter().map(|(name, binary)| start(name, binary, &environment));
    let mut problems: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, started) in binaries.keys().zip(join_all(started).await) {
        if let Err(problem) = started {
            problems.entry(format!("{problem:#}")).or_default().push(name);
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let problems = problems.iter().map(|(problem, functions)| format!("{problem} ({})", functions.join(", ")));
    bail!("{}", problems.collect::<Vec<_>>().join("\n"))
}

async fn start(name: &str, binary: &Path, environment: &BTreeMap<String, String>) -> Result<()> {
    let runtime_api = listen(0)?;
    let mut command = Command::new(binary);
    clean_environment(&mut command);
    command
        .envs(environment)
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child = tokio::process::Command::from(command).kill_on_drop(true).spawn();
    let child = child.with_context(|| format!("{} cannot be run", binary.display()))?;
    tokio::select! {
        asked = runtime_api.accept() => asked.map(drop).map_err(Into::into),
        ended = child.wait_with_output() => bail!("{}", last_words(&ended?.stderr)),
        () = tokio::time::sleep(START_LIMIT) => bail!("it does not start within {} s", START_LIMIT.as_secs()),
    }
}

/// What a Rust program says when its `main` fails, in one line.
fn last_words(stderr: &[u8]) -> String {
    let said = String::from_utf8_lossy(stderr);
    let error = said.split_once("Error: ").map_or(&*said, |(_, error)| error);
    let words = error.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "it ended without a word".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Folder, Options};

    /// A script that stands in for a function, in that folder: bash can talk to a socket.
    fn function(folder: &Folder, script: &str) -> PathBuf {
        folder.script("function", &format!("#!/usr/bin/env bash\n{script}\n")).unwrap()
    }

    async fn started(binaries: &[(&str, &Path)]) -> Result<()> {
        let cloud = LocalCloud::start(Options::default())?;
        let given = [("HISTORY_DAYS".to_owned(), "abc".to_owned())];
        let settings = Settings::of(cloud.template(), given)?;
        let binaries = binaries.iter().map(|(name, path)| ((*name).to_owned(), path.to_path_buf())).collect();
        try_to_start(&cloud, &settings, &binaries).await
    }

    #[tokio::test]
    async fn who_asks_for_work_has_started() {
        let script = "exec 3<>\"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/:/\\/}\"; echo hi >&3; read -r <&3";
        let folder = Folder::new().unwrap();
        let good = function(&folder, script);
        started(&[("a", &good), ("b", &good)]).await.unwrap();
    }

    #[tokio::test]
    async fn what_the_functions_say_is_the_error_once_and_who_said_it() {
        let script = "echo \"Error: environment variable HISTORY_DAYS: $HISTORY_DAYS is no number\" >&2; exit 1";
        let folder = Folder::new().unwrap();
        let bad = function(&folder, script);
        let error = started(&[("a", &bad), ("b", &bad)]).await.unwrap_err().to_string();
        assert_eq!(error, "environment variable HISTORY_DAYS: abc is no number (a, b)");
    }
}
