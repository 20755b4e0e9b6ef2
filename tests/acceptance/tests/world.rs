//! A cloud of one's own, with the real functions in it.
//!
//! A world costs what is used of it: the stand-ins, the emulator, and a process of each function that is asked, as many
//! as are asked at once. That is less than half a second of one core, so a test has a world of its own. Whatever it
//! scripts, counts, logs, throttles, stores and kills is nobody else's, and no other test can make it fail.
//!
//! - Cases that differ in their input only are one test and share its world, each in a guild of its own. What a case
//!   costs comes from [`World::counted`], not from the counters since the start.
//! - Processes are started before anybody asks only for a test that is about them: `EmulatorOptions::processes`.
//! - Outside of their worlds tests share nothing. The system picks ports, files lie in a `Folder`, where nobody should
//!   answer is `Nowhere`, and which days there are is decided once, in [`days_ago`].
//! - A test waits for what happens, not for a while: `wait_for_calls` of the model, `wait_for_requests` of Discord,
//!   `wait_until_idle` of Lambda, `hold` to keep a model from answering; [`until`] for what nobody tells of.

use std::{
    path::PathBuf,
    process::Command,
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use aws_sdk_lambda::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    primitives::Blob,
};
use guild_memory::{
    domain::{Day, MessageId},
    testing::id_at,
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Counters, Emulator, EmulatorOptions, LocalCloud, Options, Template};
use serde_json::{Value, json};

use crate::watched::Watched;

pub(crate) const GUILD: &str = "998100000000000777";

/// The binaries as they are in the working tree, built once for all tests. Of the whole workspace and with this test, which
/// is there already: so that cargo takes the features of `cargo test --workspace`, and compiles no dependency a second time.
fn build_binaries() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let template = Template::of_the_project().unwrap();
        let binaries =
            template.functions().chain(["guild-memory", "local-cloud", "forwarder"]).flat_map(|name| ["--bin", name]);
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut build = Command::new(cargo);
        build.args(["build", "--workspace", "--test", "acceptance"]).args(binaries);
        let build = build.current_dir(local_cloud::workspace_root()).output();
        let build = build.expect("cargo can be run");
        assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    });
}

/// The folder with the functions, `guild-memory` and `local-cloud`.
pub(crate) fn binaries() -> PathBuf {
    build_binaries();
    let here = std::env::current_exe().unwrap();
    here.ancestors().nth(2).unwrap().to_path_buf()
}

pub(crate) struct World {
    /// The first, so that it looks while everything is there.
    pub(crate) watched: Watched,
    pub(crate) cloud: LocalCloud,
    pub(crate) emulator: Emulator,
    client: Client,
}

/// How a function failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) error_type: String,
    pub(crate) message: String,
}

impl World {
    pub(crate) fn start() -> Self {
        Self::with(EmulatorOptions::default())
    }

    pub(crate) fn with(options: EmulatorOptions) -> Self {
        build_binaries();
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let (emulator, watched) = watched(&cloud, options);
        let client = Client::from_conf(
            aws_sdk_lambda::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
                .endpoint_url(cloud.url())
                .retry_config(RetryConfig::disabled())
                .build(),
        );
        Self { watched, cloud, emulator, client }
    }

    pub(crate) async fn call(&self, function: &str, event: Value) -> Result<Value, Failed> {
        self.watched.plant(&event);
        let payload = Blob::new(event.to_string());
        let output = self.client.invoke().function_name(function).payload(payload).send().await.unwrap();
        let answer: Value = serde_json::from_slice(output.payload.unwrap_or_default().as_ref()).unwrap_or_default();
        let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
        match output.function_error {
            None => Ok(answer),
            Some(_) => {
                self.watched.failed(&text("errorMessage"));
                Err(Failed { error_type: text("errorType"), message: text("errorMessage") })
            }
        }
    }

    pub(crate) async fn ingest(&self, messages: &[Value]) -> Value {
        self.call("ingest_messages", json!({"guild_id": GUILD, "messages": messages})).await.unwrap()
    }

    pub(crate) async fn delete(&self, id: MessageId) -> Value {
        self.call("ingest_messages", json!({"guild_id": GUILD, "deleted": [id]})).await.unwrap()
    }

    pub(crate) async fn remember(&self, user: u64, text: &str) -> Value {
        let event = json!({"guild_id": GUILD, "user_id": user, "op": "remember", "text": text, "taught_by": "12"});
        self.call("people", event).await.unwrap()
    }

    pub(crate) async fn memories(&self, users: &[u64]) -> Value {
        self.call("get_memories", json!({"guild_id": GUILD, "user_ids": users})).await.unwrap()
    }

    pub(crate) async fn summary(&self, day: Day) -> Result<Value, Failed> {
        self.call("daily_summary", json!({"guild_id": GUILD, "date": day})).await
    }

    /// The same cloud, with functions that were all started anew.
    pub(crate) fn with_functions_again(self, options: EmulatorOptions) -> Self {
        let Self { watched: before, cloud, emulator, client } = self;
        drop(before);
        emulator.stop();
        let (emulator, watched) = watched(&cloud, options);
        Self { watched, cloud, emulator, client }
    }

    /// Lets the last look at a channel of Discord's be more than an hour ago.
    pub(crate) async fn an_hour_passes_for(&self, channel: &str) {
        let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        let update = self.database().update_item().table_name("MemoryTable");
        let update = update.key("pk", text(format!("G#{GUILD}"))).key("sk", text(format!("CHANNEL#{channel}")));
        let an_hour_ago = Timestamp::now() - SignedDuration::from_mins(61);
        let update =
            update.update_expression("SET reviewed_at = :then").condition_expression("attribute_exists(read_to)");
        update.expression_attribute_values(":then", text(an_hour_ago.to_string())).send().await.unwrap();
    }

    /// Lets the last word on somebody's nick be more than six hours old.
    pub(crate) async fn six_hours_pass_for(&self, user: u64) {
        let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        let update = self.database().update_item().table_name("MemoryTable");
        let update = update.key("pk", text(format!("G#{GUILD}#P#{user}"))).key("sk", text("PERSON".to_owned()));
        let then = MessageId::last_before(Timestamp::now() - SignedDuration::from_hours(7));
        let update =
            update.update_expression("SET nick_seen = :then").condition_expression("attribute_exists(nick_seen)");
        update.expression_attribute_values(":then", text(format!("{:020}", then.get()))).send().await.unwrap();
    }

    /// Lets what is kept of a guild's open channels be too old to decide by.
    pub(crate) async fn fifteen_minutes_pass(&self) {
        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let long_ago = (Timestamp::now() - SignedDuration::from_mins(16)).as_millisecond();
        let update = self.database().update_item().table_name("MemoryTable");
        let update = update.key("pk", text(&format!("G#{GUILD}"))).key("sk", text("OPEN"));
        let update = update.update_expression("SET read_at = :then").condition_expression("attribute_exists(read_at)");
        let long_ago = aws_sdk_dynamodb::types::AttributeValue::N(long_ago.to_string());
        update.expression_attribute_values(":then", long_ago).send().await.unwrap();
    }

    /// Lets the time be over in which the guild's wipe can be called off.
    pub(crate) async fn an_hour_passes_for_the_wipe(&self) {
        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let update = self.database().update_item().table_name("MemoryTable");
        let update = update.key("pk", text("WIPES")).key("sk", text(GUILD));
        let update = update.update_expression("SET begins_at = begins_at - :hour");
        let hour = aws_sdk_dynamodb::types::AttributeValue::N(3_600_000.to_string());
        let update = update.condition_expression("attribute_exists(begins_at)");
        update.expression_attribute_values(":hour", hour).send().await.unwrap();
    }

    pub(crate) fn database(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::from_static("us-east-1"))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("local", "local", None, None, "tests"))
            .endpoint_url(self.cloud.url())
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// Lets all messages have reached the end they are kept to.
    pub(crate) async fn messages_are_gone(&self) {
        let (database, table) = (self.database(), "MessagesTable");
        let scan = database.scan().table_name(table).consistent_read(true).into_paginator().items().send();
        for mut item in scan.collect::<Result<Vec<_>, _>>().await.unwrap() {
            item.retain(|name, _| ["pk", "sk"].contains(&name.as_str()));
            database.delete_item().table_name(table).set_key(Some(item)).send().await.unwrap();
        }
    }

    /// Every item of every table.
    pub(crate) async fn everything_stored(&self) -> String {
        let database = self.database();
        let mut all = String::new();
        for table in ["MemoryTable", "MessagesTable"] {
            let scan = database.scan().table_name(table).consistent_read(true).into_paginator().items().send();
            for item in scan.collect::<Result<Vec<_>, _>>().await.unwrap() {
                all.push_str(&format!("{item:?}\n"));
            }
        }
        all
    }

    /// What `action` cost: its answer, and the requests that were made meanwhile.
    pub(crate) async fn counted<T>(&self, action: impl Future<Output = T>) -> (T, Counters) {
        let before = self.cloud.counters();
        let answer = action.await;
        (answer, self.cloud.counters().since(&before))
    }
}

/// The functions, which tell everything they have to tell, and who looks at it.
fn watched(cloud: &LocalCloud, mut options: EmulatorOptions) -> (Emulator, Watched) {
    for function in cloud.template().functions() {
        let environment = options.environment.entry(function.to_owned()).or_default();
        environment.entry("AWS_LAMBDA_LOG_LEVEL".to_owned()).or_insert_with(|| "TRACE".to_owned());
    }
    let emulator = Emulator::start(cloud, &options).unwrap();
    let watched = Watched::new(emulator.reader_of_logs(), cloud.model().clone());
    (emulator, watched)
}

/// A day that is closed, in the window, and stays so, and the same, if midnight passes: 2 to 5 days ago.
pub(crate) fn days_ago(days: u16) -> Day {
    static TODAY: LazyLock<Day> = LazyLock::new(|| Day::of(Timestamp::now()));
    assert!((2..=5).contains(&days));
    TODAY.days_before(days)
}

/// Waits for what nobody tells of. The caller sets the limit in time.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(5)).await; // between two looks
    }
}

/// The id of the `n`th message of a day, a second each after 10:00.
pub(crate) fn nth(day: Day, n: u32) -> MessageId {
    id_at(day.start() + SignedDuration::from_hours(10) + SignedDuration::from_secs(n.into()), 0)
}

/// A message as it is sent.
pub(crate) fn message(id: MessageId, author: u64, name: &str, content: &str) -> Value {
    let author = json!({"id": author, "name": name});
    json!({"id": id, "channel_id": "998100000000000700", "author": author, "content": content})
}
