//! A cloud with the functions in it, and guilds full of chat.

mod guild;
mod warm_up;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use local_cloud::{Counters, Emulator, EmulatorOptions, LocalCloud, Options};
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
        let cloud = LocalCloud::start(Options::default())?;
        let options = EmulatorOptions { binaries: Some(binaries.to_path_buf()), ..EmulatorOptions::default() };
        // All of them from the start: what one takes to start is measured elsewhere.
        let options = cloud.template().functions().fold(options, |options, name| options.processes(name, 2));
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
}
