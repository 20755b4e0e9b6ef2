//! Where a reader sits: a folder that looks like the repository, and a shell whose `cargo` runs what is built already.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
};

use guild_memory::testing::id_at;
use jiff::SignedDuration;
use local_cloud::{Folder, workspace_root};
use serde_json::json;

use crate::world::{World, binaries, days_ago};

/// `cargo run -p cli -- …` and `cargo lambda invoke …`, without building: the tests have.
const CARGO: &str = r#"#!/usr/bin/env bash
set -euo pipefail
if [ "$1" = lambda ]; then
  exec "$ROOT/.tools/bin/cargo-lambda" lambda invoke --invoke-port "$EMULATOR_PORT" "${@:3}"
fi
package=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ "$1" = -p ]; then package=$2; fi
  shift
done
case $package in
  cli) exec "$BINARIES/guild-memory" "${@:2}" ;;
  local-cloud) exec "$BINARIES/local-cloud" "${@:2}" ;;
esac
echo "cargo: the tests do not know how to run the package $package" >&2
exit 1
"#;

pub(super) struct Desk {
    folder: Folder,
}

impl Desk {
    pub(super) fn new() -> Self {
        let desk = Self { folder: Folder::new().unwrap() };
        let folder = desk.path();
        fs::create_dir(folder.join("bin")).unwrap();
        for entry in fs::read_dir(workspace_root()).unwrap().flatten() {
            let _ = symlink(entry.path(), folder.join(entry.file_name()));
        }
        desk.folder.script("bin/cargo", CARGO).unwrap();
        fs::write(folder.join("export.json"), export()).unwrap();
        desk
    }

    /// What a script says; addresses of `make watch` are those of this world.
    pub(super) fn run(&self, world: &World, script: &str) -> String {
        let host = |url: &str| url.trim_start_matches("http://").to_owned();
        // The folder of the tools is put before everything by some pages, and has another `cargo lambda`, not another cargo.
        let script = script.replace("127.0.0.1:8000", &host(world.cloud.url()));
        let script = script.replace("--local", &format!("--local={}", world.cloud.url()));
        let mut command = self.shell(&script);
        let port = world.emulator.url().rsplit(':').next().unwrap_or_default();
        command.env("EMULATOR_PORT", port);
        // An application of the stand-in's Discord.
        command.env("DISCORD_APPLICATION_ID", "998100000000000001").env("DISCORD_BOT_TOKEN", "local-cloud-key");
        command.env("DISCORD_BASE_URL", world.cloud.url());
        let said = told(&command.output().unwrap(), &script);
        assert!(!said.contains("errorType"), "{script}\n{said}");
        said
    }

    /// A command that only tells its flags, after it has read those before.
    pub(super) fn help(&self, command: &str) {
        let output = self.shell(command).env("SAM_CLI_TELEMETRY", "0").output().unwrap();
        told(&output, command);
    }

    /// A script that reads `input`.
    pub(super) fn feed(&self, script: &str, input: &str) -> Result<(), String> {
        fs::write(self.path().join("input"), input).unwrap();
        let output = self.shell(&format!("{{ {script}; }} < input")).output().unwrap();
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stdout).into_owned()) }
    }

    fn shell(&self, script: &str) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).current_dir(self.path());
        command.env("PATH", format!("{}:{path}", self.path().join("bin").display()));
        command.env("ROOT", workspace_root()).env("BINARIES", binaries());
        command.env("HOME", self.path()).env("XDG_STATE_HOME", self.path()).env("NO_PROXY", "127.0.0.1");
        command
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn told(output: &Output, script: &str) -> String {
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    assert!(output.status.success(), "{script}\n{said}");
    said
}

/// One message, as DiscordChatExporter writes it.
fn export() -> String {
    let id = id_at(days_ago(3).start() + SignedDuration::from_hours(10), 0);
    let author = json!({"id": "998100000000000111", "name": "ines", "nickname": "Ines", "isBot": false});
    json!({
        "guild": {"id": "998100000000000101", "name": "A server"},
        "channel": {"id": "7", "type": "GuildTextChat", "name": "general"},
        "messages": [{"id": id.to_string(), "type": "Default", "content": "The kayak floats.", "author": author}],
        "messageCount": 1,
    })
    .to_string()
}
