//! `guild-memory import`, as an operator runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use guild_memory::testing::id_at;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, days_ago};

/// A folder of one's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("guild-memory-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, world: &World, file: &Path) -> Command {
        let binary = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("guild-memory");
        let mut command = Command::new(binary);
        command.arg("import").arg(file).arg(format!("--local={}", world.cloud.url()));
        command.env("XDG_STATE_HOME", &self.0);
        command
    }

    fn import(&self, world: &World, file: &Path) -> (bool, String) {
        told(&self.command(world, file).output().unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
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

#[tokio::test]
async fn an_export_is_stored_once() {
    let (world, folder) = (World::start(), Folder::new("once"));
    let file = folder.file("export.json", &export(&texts(5_000)));
    let (ok, said) = folder.import(&world, &file);
    assert!(ok && said.contains("4,950 stored") && said.contains("50 left out: written by bots"), "{said}");
    let (ok, said) = folder.import(&world, &file);
    assert!(ok && said.contains("0 stored") && said.contains("4,950 unchanged"), "{said}");
}

#[tokio::test]
async fn files_that_are_not_as_they_should_be_end_with_clear_words_and_the_rest_stored() {
    let (world, folder) = (World::start(), Folder::new("broken"));
    let mut some = texts(1_000);
    let whole = export(&some);
    let cut = folder.file("cut.json", &whole[..whole.len() / 2]);
    let (ok, said) = folder.import(&world, &cut);
    assert!(!ok && said.contains("it was cut off") && said.contains("stored"), "{said}");

    let page = folder.file("page.json", "<!DOCTYPE html><html></html>");
    let (ok, said) = folder.import(&world, &page);
    assert!(!ok && said.contains("neither an export of DiscordChatExporter"), "{said}");

    for n in (5..1_000).step_by(100) {
        some[n] = match n % 300 {
            5 => some[n].replace("\"content\":\"", "\"content\":"),
            105 => some[n].replace("\"author\"", "\"nobody\""),
            _ => some[n][..some[n].len() / 2].to_owned(),
        };
    }
    let broken = folder.file("broken.json", &export(&some));
    let (ok, said) = folder.import(&world, &broken);
    assert!(ok && said.contains("rejected: it is broken JSON") && said.contains("missing field `author`"), "{said}");
    let everything = world.everything_stored().await;
    let stored = (0..1_000).filter(|n| everything.contains(&format!("\"word-{n}\""))).count();
    assert!((980..=985).contains(&stored), "10 of bots, some broken in this file and cut from the other: {stored}");
}

#[tokio::test]
async fn json_lines_and_whole_days_moved_are_stored_too() {
    let (world, folder) = (World::start(), Folder::new("lines"));
    let line = |n: u64| {
        let id = id_at("2025-07-04T10:00:00Z".parse().unwrap(), n);
        json!({"id": id, "channel_id": "7", "author": {"id": "10", "name": "Ann"}, "content": format!("word-{n}")})
            .to_string()
    };
    let lines: Vec<String> = (1..=20).map(line).collect();
    let file = folder.file("lines.jsonl", &lines.join("\n"));
    let (ok, said) = folder.import(&world, &file);
    assert!(ok && said.contains("20 rejected: it does not say its guild_id"), "{said}");
    let moved = folder.command(&world, &file).args(["--guild", crate::world::GUILD, "--end", "yesterday"]).output();
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
    let (world, folder) = (World::start(), Folder::new("killed"));
    let file = folder.file("export.json", &export(&texts(30_000)));
    let child = Killed(folder.command(&world, &file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let begun = || {
        let kept = fs::read_dir(folder.0.join("guild-memory/import")).into_iter().flatten().flatten();
        let kept = kept.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "json"));
        let place = kept.filter_map(|entry| serde_json::from_slice::<Value>(&fs::read(entry.path()).ok()?).ok());
        place.map(|place| place["seen"].as_u64().unwrap_or_default()).max().unwrap_or_default() > 0
    };
    while !begun() {
        tokio::task::yield_now().await;
    }
    drop(child);
    let (ok, said) = folder.import(&world, &file);
    assert!(ok && said.contains("goes on where it was stopped"), "{said}");
    assert!(folder.import(&world, &file).1.contains("29,700 unchanged"), "everything is there");
}
