//! `guild-memory models`: what rests, why, and that it can be ended.

use std::process::Command;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};
use guild_memory::{
    adapters::dynamodb::MemoryTable,
    domain::Cooldown,
    ports::{CoolModels as _, ManageCooldowns as _},
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{LocalCloud, Options};

/// What the tool says, and whether it succeeded.
fn models(url: &str, arguments: &[&str], chain: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guild-memory"));
    command.arg("models").args(arguments).arg(format!("--local={url}")).env("NO_PROXY", "127.0.0.1");
    let output = command.env("SUMMARY_MODELS", chain).env("MERGE_MODELS", "").output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

pub(crate) fn config(cloud: &LocalCloud) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(cloud.url())
        .build()
}

pub(crate) fn store(cloud: &LocalCloud) -> MemoryTable {
    MemoryTable::new(&config(cloud), "MemoryTable".to_owned())
}

#[tokio::test]
async fn rule_10_who_rests_and_why_is_said_and_ended() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let store = store(&cloud);
    let in_ten_minutes = Timestamp::now() + SignedDuration::from_mins(10);
    let cooldown = Cooldown { until: in_ten_minutes, why: "daily_quota".to_owned() };
    store.cool_down("gemini:a", &cooldown).await.unwrap();
    store.cool_down("gemini:never", &Cooldown { until: Timestamp::MAX, why: String::new() }).await.unwrap();

    let chain = "gemini:a?rpm=5,gemini:a,openai:b,gemini:never";
    let (succeeded, said) = models(cloud.url(), &[], chain);
    assert!(succeeded && said.contains("gemini:a: left alone for 10 min, until "), "{said}");
    assert!(said.contains("(daily_quota)") && said.contains("openai:b: may be asked"), "{said}");
    assert!(said.contains("gemini:never: may be asked"), "nothing is left alone for ever: {said}");
    assert_eq!(said.lines().count(), 3, "each once: {said}");

    let (succeeded, said) = models(cloud.url(), &["gemini:a", "--clear"], "");
    assert!(succeeded && said.contains("gemini:a: may be asked again"), "{said}");
    assert!(store.cooldowns_with_reasons(&["gemini:a".to_owned()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_missing_is_said_with_what_to_do() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let (succeeded, said) = models(cloud.url(), &[], "");
    assert!(!succeeded && said.contains("set SUMMARY_MODELS and MERGE_MODELS as the stack has them"), "{said}");
    let (succeeded, said) = models(cloud.url(), &["--table", "Nowhere"], "gemini:a");
    assert!(!succeeded && said.contains("there is no table Nowhere") && said.contains("MemoryTableName"), "{said}");
    let (succeeded, said) = models(cloud.url(), &["a model"], "");
    assert!(!succeeded && said.contains("a model"), "{said}");
}
