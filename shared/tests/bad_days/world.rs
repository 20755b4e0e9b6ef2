//! A guild over the local cloud's DynamoDB, with a clock and a model of one's own.

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, SharedCredentialsProvider},
    types::AttributeValue,
};
use guild_memory::{
    adapters::dynamodb::{MemoryTable, MessagesTable},
    app::{
        AppError, AskedFor, Cooldowns, Deadline, ModelChain,
        build_memories::{self, build_memories},
        decode, ingest_messages, people,
        summarize_day::{self, Settings, summarize_day},
        sync_messages,
    },
    contract::{DayReport, DayRequest, IngestReport, MemoriesRequest, MemoriesResponse, Models, SyncReport},
    domain::{
        AllowedGuilds, Calendar, Day, GuildId, Limits, MessageId, Today, UserId,
        prompt::{ChunkLimits, Prompt},
    },
    ports::{Clock as _, InvokeError, LanguageModel, ModelResponse, SummarizeDay, WarmMemories},
    testing::{FixedClock, RETENTION, ScriptedDiscord, ScriptedFunctions, ScriptedModel, message_at},
};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Long after the days of these tests have closed.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";
const SETTLE: Duration = Duration::from_secs(1200);

pub(crate) struct World {
    pub(crate) cloud: LocalCloud,
    pub(crate) memory: MemoryTable,
    pub(crate) messages: MessagesTable,
    pub(crate) clock: FixedClock,
    /// Writes both summaries and memories, from the words it is shown.
    pub(crate) model: GatedModel,
    pub(crate) database: Client,
}

/// A model that quotes all it is shown, once it is let through.
#[derive(Clone)]
pub(crate) struct GatedModel {
    model: ScriptedModel,
    gate: Arc<Semaphore>,
}

impl GatedModel {
    pub(crate) fn new(model: ScriptedModel) -> Self {
        Self { model, gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)) }
    }

    /// Lets no call end from now on.
    pub(crate) fn hold(&self) {
        let open = self.gate.available_permits();
        self.gate.forget_permits(open);
    }

    /// Lets all calls end.
    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    pub(crate) fn calls(&self) -> usize {
        self.model.asked().len()
    }

    /// How many of them were merges.
    pub(crate) fn merges(&self) -> usize {
        self.model.asked().iter().filter(|asked| asked.starts_with("<person")).count()
    }

    /// Waits until that many calls have begun.
    pub(crate) async fn begun(&self, calls: usize) {
        while self.calls() < calls {
            tokio::task::yield_now().await;
        }
    }
}

impl LanguageModel for GatedModel {
    fn name(&self) -> String {
        self.model.name()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let answer = self.model.generate(prompt).await;
        self.gate.acquire().await.expect("it is never closed").forget();
        answer
    }
}

/// Quotes every member's messages, and every person's facts and days.
pub(crate) fn quoting() -> ScriptedModel {
    ScriptedModel::new(|prompt| Ok(quote(&prompt.data)))
}

pub(crate) fn quote(data: &str) -> String {
    if data.starts_with("<person") {
        return format!("merged: {}", data.replace(['\n', '<', '>'], " "));
    }
    let mut said: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in data.lines().filter(|line| line.starts_with("<message ")) {
        let member = line.split("member=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let text = line.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</message>")).unwrap();
        said.entry(member).or_default().push(text);
    }
    let summaries: Vec<Value> =
        said.into_iter().map(|(member, texts)| json!({"member": member, "summary": texts.join("; ")})).collect();
    json!({"summaries": summaries}).to_string()
}

/// `daily_summary` in this process.
pub(crate) struct InProcess<M>(pub(crate) DayDeps<M>);

/// A chain of one model.
pub(crate) type Chain<M> = ModelChain<M, MemoryTable, FixedClock>;

type DayDeps<M> = summarize_day::Deps<MemoryTable, MessagesTable, M, FixedClock>;

impl<M: LanguageModel> SummarizeDay for InProcess<M> {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        // A process of its own has a stack of its own.
        let report = Box::pin(summarize_day(&self.0, Deadline::new(Duration::from_secs(120), None), request)).await;
        report.map_err(|error| InvokeError::Failed { error_type: error.kind.to_string(), message: error.message })
    }
}

impl<M: LanguageModel> WarmMemories for InProcess<M> {
    async fn warm_memories(&self, _: MemoriesRequest) -> Result<(), InvokeError> {
        Ok(())
    }
}

fn settings() -> Settings {
    let chunks = ChunkLimits { messages: 800, tokens: 60_000, members: 100, target: Duration::from_secs(6) };
    Settings {
        settle: SETTLE,
        open_day_ttl: Duration::from_secs(3600),
        retention: guild_memory::domain::SummaryRetention::default(),
        chunks,
    }
}

pub(crate) fn guild() -> GuildId {
    "998100000000000001".parse().unwrap()
}

pub(crate) fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

pub(crate) fn day(date: &str) -> Day {
    date.parse().unwrap()
}

impl World {
    pub(crate) fn start() -> Self {
        Self::with(quoting())
    }

    pub(crate) fn with(model: ScriptedModel) -> Self {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "local", "local", None, None, "tests",
            )))
            .endpoint_url(cloud.url())
            .build();
        let memory = MemoryTable::new(&config, "MemoryTable".to_owned());
        let messages =
            MessagesTable::new(&memory, "MessagesTable".to_owned()).with_transactions_of(cloud.largest_transaction());
        let database = Client::new(&config);
        Self { cloud, memory, messages, clock: FixedClock::at(NOW), model: GatedModel::new(model), database }
    }

    pub(crate) async fn say(&self, date: &str, time: &str, author: u64, text: &str) -> MessageId {
        let id = message_at(day(date), time, author, "x", "").id;
        let author = json!({"id": author, "name": format!("member {author}")});
        let message = json!({"id": id, "channel_id": "7", "author": author, "content": text});
        self.ingest(json!({"messages": [message]})).await.unwrap();
        id
    }

    pub(crate) async fn delete(&self, id: MessageId) {
        self.ingest(json!({"deleted": [id]})).await.unwrap();
    }

    pub(crate) async fn ingest(&self, mut event: Value) -> Result<IngestReport, AppError> {
        event["guild_id"] = json!(guild());
        let deps = ingest_messages::Deps {
            memory: self.memory.clone(),
            messages: self.messages.clone(),
            clock: self.clock.clone(),
            retention: RETENTION,
            allowed_guilds: AllowedGuilds::default(),
            discord_guilds: BTreeSet::new(),
        };
        ingest_messages::ingest_messages(&deps, decode(event).unwrap()).await
    }

    /// A run that reads all of Discord there is; nobody closes days or keeps anybody warm behind it.
    pub(crate) async fn sync(&self, discord: &ScriptedDiscord) -> Result<SyncReport, AppError> {
        let deps = sync_messages::Deps {
            memory: self.memory.clone(),
            messages: self.messages.clone(),
            discord: discord.clone(),
            functions: ScriptedFunctions::failing(InvokeError::Throttled),
            summary_cooldowns: Cooldowns::new(self.memory.clone(), self.clock.clone(), vec!["test:model".to_owned()]),
            clock: self.clock.clone(),
            settings: sync_messages::Settings {
                guilds: vec![guild()],
                backfill_days: 7,
                retention: RETENTION,
                calendar: Calendar { history_days: 6, settle: SETTLE },
                keep_warm: Duration::from_secs(24 * 3_600),
                left_kept_for: None,
            },
        };
        sync_messages::sync_messages(&deps, Deadline::new(Duration::from_secs(500), None)).await
    }

    pub(crate) async fn people(&self, mut event: Value) -> Result<Value, AppError> {
        event["guild_id"] = json!(guild());
        let deps = self.people_deps();
        let answer = people::people(&deps, Deadline::new(Duration::from_secs(120), None), decode(event).unwrap()).await;
        Ok(serde_json::to_value(answer?).unwrap())
    }

    pub(crate) fn people_deps(&self) -> people::Deps<MemoryTable, MessagesTable, FixedClock> {
        people::Deps {
            memory: self.memory.clone(),
            messages: self.messages.clone(),
            clock: self.clock.clone(),
            retention: RETENTION,
            allowed_guilds: AllowedGuilds::default(),
            summary_retention: guild_memory::domain::SummaryRetention::default(),
            left_kept_for: Some(jiff::SignedDuration::from_hours(30 * 24)),
        }
    }

    pub(crate) async fn summarize(&self, date: &str) -> Result<DayReport, AppError> {
        let request = DayRequest::new(guild(), day(date));
        summarize_day(&self.day_deps(self.model.clone()), Deadline::new(Duration::from_secs(120), None), request).await
    }

    pub(crate) fn day_deps<M>(&self, model: M) -> DayDeps<M> {
        summarize_day::Deps {
            memory: self.memory.clone(),
            messages: self.messages.clone(),
            model,
            clock: self.clock.clone(),
            settings: settings(),
            discord_guilds: BTreeSet::new(),
        }
    }

    pub(crate) async fn memories(&self, users: &[u64]) -> MemoriesResponse {
        self.memories_within(users, Duration::from_secs(120)).await
    }

    pub(crate) async fn memories_within(&self, users: &[u64], wait: Duration) -> MemoriesResponse {
        self.memories_by(self.model.clone(), users, wait).await
    }

    /// With a model for both that all callers share through the store alone.
    pub(crate) async fn memories_by<M>(&self, model: M, users: &[u64], wait: Duration) -> MemoriesResponse
    where
        M: LanguageModel + Clone,
    {
        let functions = InProcess(self.day_deps(self.chain_of(model.clone())));
        let event = json!({"user_ids": users});
        self.build(functions, self.chain_of(model), event, wait).await
    }

    /// With other functions.
    pub(crate) async fn memories_with<F>(&self, functions: F, users: &[u64]) -> MemoriesResponse
    where
        F: SummarizeDay + WarmMemories,
    {
        let event = json!({"user_ids": users});
        self.request(functions, event, Duration::from_secs(20)).await
    }

    /// What `event` asks for, of this guild.
    pub(crate) async fn request<F>(&self, functions: F, event: Value, wait: Duration) -> MemoriesResponse
    where
        F: SummarizeDay + WarmMemories,
    {
        self.build(functions, self.chain(), event, wait).await
    }

    /// The world's model as a deployment has it.
    pub(crate) fn chain(&self) -> Chain<GatedModel> {
        self.chain_of(self.model.clone())
    }

    fn chain_of<M: LanguageModel>(&self, model: M) -> Chain<M> {
        ModelChain::new(vec![(model, Limits::default())], self.memory.clone(), self.clock.clone())
    }

    async fn build<F, M>(&self, functions: F, model: M, mut event: Value, wait: Duration) -> MemoriesResponse
    where
        F: SummarizeDay + WarmMemories,
        M: LanguageModel,
    {
        let memory = self.memory.clone();
        let deps = build_memories::Deps {
            functions,
            model,
            models: Models::Configured,
            today: Today::Append,
            merge_batch: NonZeroUsize::MIN,
            asked_for: AskedFor::default(),
            summary_cooldowns: Cooldowns::new(memory.clone(), self.clock.clone(), vec!["test:model".to_owned()]),
            clock: self.clock.clone(),
            calendar: Calendar { history_days: 6, settle: SETTLE },
            memory: memory.clone(),
        };
        event["guild_id"] = json!(guild());
        let deadline = Deadline::new(Duration::from_secs(180), Some(wait));
        Box::pin(build_memories(&deps, deadline, decode(event).unwrap())).await.unwrap()
    }

    /// Every string of every item of every table.
    pub(crate) async fn everything_stored(&self) -> String {
        let mut all = String::new();
        for table in ["MemoryTable", "MessagesTable"] {
            for item in self.items(table).await {
                all.push_str(&format!("{item:?}\n"));
            }
        }
        all
    }

    async fn items(&self, table: &str) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.database.scan().table_name(table).consistent_read(true);
        scan.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap()
    }

    /// Deletes everything that has expired, as DynamoDB may at any moment.
    pub(crate) async fn sweep(&self) {
        let now = self.clock.now().as_second();
        for table in ["MemoryTable", "MessagesTable"] {
            for item in self.items(table).await {
                let expiry = item.get("expires_at").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
                if expiry.is_some_and(|expiry| expiry <= now) {
                    let delete = self.database.delete_item().table_name(table);
                    let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
                    delete.send().await.unwrap();
                }
            }
        }
    }
}

pub(crate) fn text(response: &MemoriesResponse, n: u64) -> &str {
    response.memories[&user(n)].as_deref().unwrap_or_default()
}
