//! A cloud with the functions in it, and guilds full of chat.

mod guild;
mod warm_up;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use local_cloud::{Counters, Emulator, EmulatorOptions, LocalCloud, Options};
use serde::Serialize;
use serde_json::Value;

pub use guild::Guild;

/// How long an invocation may take, all told.
const INVOKE_LIMIT: Duration = Duration::from_secs(200);

/// The local cloud, and the functions as processes of their own.
#[derive(Debug)]
pub struct World {
    /// What the functions talk to.
    pub cloud: LocalCloud,
    /// The functions.
    pub emulator: Emulator,
    client: reqwest::Client,
}

/// How functions and model are set, where that is not as deployed.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Variables of `get_memories` and of `daily_summary`.
    pub variables: Vec<(&'static str, String)>,
    /// How many calls the model answers at a time; all if it is left out.
    pub model_parallel: Option<usize>,
    /// Whether all functions send their spans to the cloud.
    pub exports: bool,
}

impl Setting {
    /// One model for everything, with these options behind its name.
    #[must_use]
    pub fn of_model(options: &str) -> Self {
        let model = format!("gemini:bench?{options}");
        let model = model.trim_end_matches('?').to_owned();
        let variables = vec![("SUMMARY_MODELS", model.clone()), ("MERGE_MODELS", model)];
        Self { variables, ..Self::default() }
    }

    /// The same, with days that are cut by what fits into a call alone: so long a call may take.
    #[must_use]
    pub fn without_splitting(self) -> Self {
        self.and("TARGET_CALL_SECONDS", "600")
    }

    /// The same with a variable more.
    #[must_use]
    pub fn and(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((variable, value.into()));
        self
    }
}

/// Calls of the model, and their tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ModelCost {
    /// How many calls.
    pub calls: u64,
    /// Tokens they were asked.
    pub prompt_tokens: u64,
    /// Tokens they answered, thoughts not counted.
    pub answer_tokens: u64,
    /// The longest call, in seconds.
    pub longest_s: f64,
}

impl ModelCost {
    /// Tokens of both.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens + self.answer_tokens
    }
}

/// What something took, and what was asked meanwhile.
#[derive(Debug)]
pub struct Measured<T> {
    /// What came of it.
    pub value: T,
    /// When it began.
    pub started: Instant,
    /// How long it took.
    pub wall: Duration,
    /// What was asked of the cloud, until nothing was under way any more.
    pub cost: Counters,
}

impl World {
    /// Starts release binaries: this many processes of `get_memories` and of `daily_summary`, two of the others.
    pub fn start(binaries: &Path, get_memories: usize, daily_summary: usize) -> Result<Self> {
        Self::with(binaries, get_memories, daily_summary, &Setting::default())
    }

    /// The same with another setting.
    pub fn with(binaries: &Path, get_memories: usize, daily_summary: usize, setting: &Setting) -> Result<Self> {
        let cloud = LocalCloud::start(Options { model_parallel: setting.model_parallel, ..Options::default() })?;
        let options = EmulatorOptions { binaries: Some(binaries.to_path_buf()), ..EmulatorOptions::default() };
        // All of them from the start: what one takes to start is measured elsewhere.
        let options = cloud.template().functions().fold(options, |options, name| options.processes(name, 2));
        let variables = |name| setting.variables.iter().map(move |(variable, value)| (name, variable, value));
        let options = ["get_memories", "daily_summary"]
            .into_iter()
            .flat_map(variables)
            .fold(options, |options, (name, variable, value)| options.env(name, variable, value));
        let endpoint = format!("{}/otlp", cloud.url());
        let options = cloud
            .template()
            .functions()
            .filter(|_| setting.exports)
            .fold(options, |options, name| options.env(name, "OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint));
        let options = options.processes("get_memories", get_memories).processes("daily_summary", daily_summary);
        let emulator = Emulator::start(&cloud, &options)?;
        // A proxy is for the world outside.
        let client = reqwest::Client::builder().no_proxy().timeout(INVOKE_LIMIT).build()?;
        Ok(Self { cloud, emulator, client })
    }

    /// Invokes a function and waits for its answer.
    pub async fn call(&self, function: &str, event: &Value) -> Result<Value> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.cloud.url());
        let response =
            self.client.post(url).json(event).send().await.with_context(|| format!("invoking {function}"))?;
        let failed = !response.status().is_success() || response.headers().contains_key("x-amz-function-error");
        let body = response.bytes().await?;
        if failed {
            bail!("{function} failed: {}", String::from_utf8_lossy(&body));
        }
        serde_json::from_slice(&body).with_context(|| format!("the answer of {function}"))
    }

    /// Runs `action` and measures it. What it left running is waited for, and counts as cost but not as time.
    pub async fn measured<T>(&self, action: impl Future<Output = Result<T>>) -> Result<Measured<T>> {
        let before = self.cloud.counters();
        let started = Instant::now();
        let value = action.await?;
        let wall = started.elapsed();
        self.cloud.lambda().wait_until_idle().await;
        Ok(Measured { value, started, wall, cost: self.cloud.counters().since(&before) })
    }

    /// What the model was asked since that instant.
    #[must_use]
    pub fn model_cost_since(&self, since: Instant) -> ModelCost {
        let calls = self.cloud.model().calls();
        calls.iter().filter(|call| call.started >= since).fold(ModelCost::default(), |cost, call| ModelCost {
            calls: cost.calls + 1,
            prompt_tokens: cost.prompt_tokens + call.prompt_tokens,
            answer_tokens: cost.answer_tokens + call.answer_tokens,
            longest_s: cost.longest_s.max(call.ended.map_or(0.0, |ended| (ended - call.started).as_secs_f64())),
        })
    }
}
