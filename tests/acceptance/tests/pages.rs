//! What the pages tell people to type, typed: every block marked `sh run`, page by page, against a local cloud.

mod desk;
#[expect(unreachable_pub, reason = "a bot's library, here only tried")]
#[path = "../../../docs/examples/memories.rs"]
mod memories;

use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use docs::{Block, Fate, Page, pages};
use local_cloud::{EmulatorOptions, workspace_root};
use serde_json::json;

use crate::world::World;
use desk::Desk;

fn page(name: &str) -> Page {
    pages().into_iter().find(|page| page.path.ends_with(name)).unwrap()
}

fn to_run(page: &Page) -> Vec<Block> {
    page.commands().into_iter().filter(|block| block.fate() == Fate::Run).collect()
}

/// Runs everything of a page, as one reader at one desk.
fn typed(name: &str) -> String {
    // `cargo lambda invoke` goes past the cloud, where nobody starts a process for it.
    let invoked = ["ingest_messages", "daily_summary", "get_memories", "people"];
    let options = invoked.into_iter().fold(EmulatorOptions::default(), |options, name| options.processes(name, 2));
    let (world, desk) = (World::with(options), Desk::new());
    let script: String = to_run(&page(name)).into_iter().map(|block| block.code).collect();
    desk.run(&world, &script)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_about_laptops_tells_what_happens() {
    let said = typed("docs/local.md");
    let told = [
        r#""stored":4"#,
        r#""days_changed":["2025-07-04"]"#,
        r#""status":"built""#,
        r#""998100000000000111":null"#,
        r#""added":true"#,
        "- Builds wooden kayaks and is happy to explain how.",
        "The cast is off!",
        r#""model_calls":"#,
        r#""store_requests":"#,
        "make demo",
    ];
    for words in told {
        assert!(said.contains(words), "nobody said {words}:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_about_calling_tells_what_is_answered() {
    let said = typed("docs/calling.md");
    let block = page("docs/calling.md").blocks().into_iter().find(|block| block.language() == "text").unwrap();
    assert!(said.contains(block.code.trim()), "the prompt is another:\n{said}");
    assert!(said.contains("Plays the trombone."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_about_messages_imports_an_export() {
    let said = typed("docs/messages-in.md");
    assert!(said.contains("1 stored") && said.contains("nothing was sent"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_about_discord_registers_and_teaches() {
    let said = typed("docs/discord.md");
    let told =
        ["dry run", "Registered for guild 998100000000000777.", "Registered for every guild.", r#""added":true"#];
    for words in told {
        assert!(said.contains(words), "nobody said {words}:\n{said}");
    }
}

#[test]
fn every_page_with_something_to_run_is_run_here() {
    let all: Vec<String> = pages().iter().filter(|page| !to_run(page).is_empty()).map(Page::name).collect();
    assert_eq!(all, ["docs/calling.md", "docs/discord.md", "docs/local.md", "docs/messages-in.md"]);
}

/// Also those that nobody can run here: no tool is told of a flag that it does not have.
#[test]
fn every_flag_of_our_tools_exists() {
    let desk = Desk::new();
    let commands: Vec<String> = pages().iter().flat_map(Page::commands).flat_map(|block| block.lines()).collect();
    let ours = commands.iter().filter(|line| line.starts_with("cargo run ") || line.starts_with(".tools/bin/sam "));
    let mut tried = 0;
    for command in ours.filter(|line| !line.contains("-p forwarder")) {
        desk.help(&format!("{} --help", command.trim_end_matches("--help")));
        tried += 1;
    }
    assert!(tried > 5, "only {tried} commands were found");
}

#[test]
fn every_operation_and_option_of_aws_exists() {
    let desk = Desk::new();
    let commands: Vec<String> = pages().iter().flat_map(Page::commands).flat_map(|block| block.lines()).collect();
    let aws: Vec<String> = commands.into_iter().filter(|line| line.starts_with("aws ")).collect();
    assert!(aws.len() > 5, "only {} commands were found", aws.len());
    let script = ".tools/bin/python3 tests/acceptance/tests/pages/aws_options.py";
    assert_eq!(desk.feed(script, &aws.join("\n")), Ok(()));
    let wrong = desk.feed(script, "aws ssm put-parameter --overwrit");
    assert_eq!(wrong, Err("ssm put-parameter has no --overwrit\n".to_owned()));
}

#[tokio::test]
async fn the_example_in_rust_asks_as_the_one_in_python() {
    let world = World::start();
    world.call("people", serde_json::from_str(&event("people")).unwrap()).await.unwrap();
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(world.cloud.url())
        .build();
    let lambda = aws_sdk_lambda::Client::from_conf(config);
    let answer = memories::ask(&lambda, "get_memories", "998100000000000101", &["998100000000000111"]).await.unwrap();
    assert!(answer["prompt"].as_str().unwrap().contains("Builds wooden kayaks"), "{answer}");
    let refused = memories::ask(&lambda, "get_memories", "998100000000000101", &["Ines"]).await.unwrap_err();
    assert!(refused.to_string().contains("InvalidRequest"), "{refused}");
    let _ = memories::client; // the rest of the example: it reads the environment
    assert_eq!(answer["errors"], json!([]));
}

fn event(name: &str) -> String {
    std::fs::read_to_string(workspace_root().join(format!("events/{name}.json"))).unwrap()
}
