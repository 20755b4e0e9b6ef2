//! `guild-memory import`, as an operator runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use guild_memory::testing::id_at;
use jiff::SignedDuration;
use local_cloud::Folder;
use serde_json::{Value, json};

use crate::world::{World, binaries, days_ago, until};

/// Where the export files of an operator lie, and what the program remembers of them.
pub(crate) struct Desk(Folder);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(Folder::new().unwrap())
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, world: &World, file: &Path) -> Command {
        let mut command = Command::new(binaries().join("guild-memory"));
        command.arg("import").arg(file).arg(format!("--local={}", world.cloud.url()));
        command.env("XDG_STATE_HOME", self.0.path());
        command
    }

    pub(crate) fn import(&self, world: &World, file: &Path) -> (bool, String) {
        told(&self.command(world, file).output().unwrap())
    }
}

fn told(output: &Output) -> (bool, String) {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8(all).unwrap())
}

/// Messages of three closed days as an exporter writes them, its order of the fields included; every hundredth of a bot.
fn texts(count: u64) -> Vec<String> {
    let begin = days_ago(5).start();
    let text = |n: u64| {
        let id = id_at(begin + SignedDuration::from_secs(3 * 86_400 / count as i64 * n as i64), n % 4_096);
        let author = json!({"id": (10 + n % 50).to_string(), "name": "ann", "nickname": "Ann", "isBot": n % 100 == 99});
        format!("{{\"id\":\"{id}\",\"type\":\"Default\",\"content\":\"word-{n}\",\"author\":{author}}}")
    };
    (0..count).map(text).collect()
}

fn export(messages: &[String]) -> String {
    let channel = json!({"id": "7", "type": "GuildTextChat", "name": "general"});
    let head = json!({"guild": {"id": "998100000000000001", "name": "g"}, "channel": channel}).to_string();
    let head = head.strip_suffix('}').unwrap();
    format!("{head},\"messages\":[{}],\"messageCount\":{}}}", messages.join(",\n"), messages.len())
}

/// How many messages the tool says became that.
fn counted(said: &str, what: &str) -> u64 {
    let of_line = |line: &str| line.trim().strip_suffix(what)?.trim().replace(',', "").parse().ok();
    said.lines().find_map(of_line).unwrap_or_default()
}

#[tokio::test]
async fn an_export_is_stored_once() {
    let (world, desk) = (World::start(), Desk::new());
    let file = desk.file("export.json", &export(&texts(5_000)));
    let (ok, said) = desk.import(&world, &file);
    // A call that the store was too slow for is sent again, and finds unchanged what was stored by then.
    assert!(ok && counted(&said, "stored") + counted(&said, "unchanged") == 4_950, "{said}");
    assert!(said.contains("50 left out: written by bots"), "{said}");
    let (ok, said) = desk.import(&world, &file);
    assert!(ok && said.contains("0 stored") && said.contains("4,950 unchanged"), "{said}");
}

#[tokio::test]
async fn files_that_are_not_as_they_should_be_end_with_clear_words_and_the_rest_stored() {
    let (world, desk) = (World::start(), Desk::new());
    let mut some = texts(1_000);
    let whole = export(&some);
    let cut = desk.file("cut.json", &whole[..whole.len() / 2]);
    let (ok, said) = desk.import(&world, &cut);
    assert!(!ok && said.contains("it was cut off") && said.contains("stored"), "{said}");

    let page = desk.file("page.json", "<!DOCTYPE html><html></html>");
    let (ok, said) = desk.import(&world, &page);
    assert!(!ok && said.contains("neither an export of DiscordChatExporter"), "{said}");

    for n in (5..1_000).step_by(100) {
        some[n] = match n % 300 {
            5 => some[n].replace("\"content\":\"", "\"content\":"),
            105 => some[n].replace("\"author\"", "\"nobody\""),
            _ => some[n][..some[n].len() / 2].to_owned(),
        };
    }
    let broken = desk.file("broken.json", &export(&some));
    let (ok, said) = desk.import(&world, &broken);
    assert!(ok && said.contains("rejected: it is broken JSON") && said.contains("missing field `author`"), "{said}");
    let everything = world.everything_stored().await;
    let stored = (0..1_000).filter(|n| everything.contains(&format!("\"word-{n}\""))).count();
    assert!((980..=985).contains(&stored), "10 of bots, some broken in this file and cut from the other: {stored}");
}

#[tokio::test]
async fn json_lines_and_whole_days_moved_are_stored_too() {
    let (world, desk) = (World::start(), Desk::new());
    let line = |n: u64| {
        let id = id_at("2025-07-04T10:00:00Z".parse().unwrap(), n);
        json!({"id": id, "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": format!("word-{n}")})
            .to_string()
    };
    let lines: Vec<String> = (1..=20).map(line).collect();
    let file = desk.file("lines.jsonl", &lines.join("\n"));
    let (ok, said) = desk.import(&world, &file);
    assert!(!ok && said.contains("20 rejected: it does not say its guild_id"), "{said}");
    let moved = desk.command(&world, &file).args(["--guild", crate::world::GUILD, "--end", "yesterday"]).output();
    let (ok, said) = told(&moved.unwrap());
    assert!(ok && said.contains("20 stored"), "{said}");
    let answer = world.memories(&[10]).await;
    assert!(answer["memories"]["10"].as_str().unwrap().contains("word-20"), "{answer}");
}

/// Kills a process that does not end by itself in time.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn an_import_that_is_killed_is_gone_on_with() {
    let (world, desk) = (World::start(), Desk::new());
    let file = desk.file("export.json", &export(&texts(30_000)));
    let child = Killed(desk.command(&world, &file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let begun = || {
        let kept = fs::read_dir(desk.0.path().join("guild-memory/import")).into_iter().flatten().flatten();
        let kept = kept.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "json"));
        let place = kept.filter_map(|entry| serde_json::from_slice::<Value>(&fs::read(entry.path()).ok()?).ok());
        place.map(|place| place["seen"].as_u64().unwrap_or_default()).max().unwrap_or_default() > 0
    };
    until(begun).await;
    drop(child);
    let (ok, said) = desk.import(&world, &file);
    assert!(ok && said.contains("goes on where it was stopped"), "{said}");
    assert!(desk.import(&world, &file).1.contains("29,700 unchanged"), "everything is there");
}
