//! A guild-day of thousands of messages, in one process of `daily_summary`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::{
    process::{cpu_ms, peak_rss_mb},
    stats::{Interval, covered, ms, percentile},
    window::Window,
    world::{Guild, World},
};

const AUTHORS: usize = 100;
const FUNCTION: &str = "daily_summary";

/// What a large day takes.
#[derive(Clone, Debug, Serialize)]
pub struct BigDay {
    /// How many messages it has.
    pub messages: u32,
    /// Each time it was built, the first one first.
    pub builds: Vec<Build>,
    /// The most memory the process ever had at once, over all builds.
    pub peak_mb: f64,
}

/// One build of the day.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// The invocation, as Lambda sees it.
    pub wall_ms: f64,
    /// Moments in which the model was working.
    pub model_ms: f64,
    /// Moments in which the store was working and the model was not.
    pub store_ms: f64,
    /// All other moments: the function itself, and the transport between the processes.
    pub outside_ms: f64,
    /// Processor time of the function's process.
    pub cpu_ms: f64,
    /// Calls to the model.
    pub model_calls: u64,
    /// Requests to DynamoDB.
    pub dynamodb_requests: u64,
}

impl BigDay {
    /// The median build's time without model and store.
    #[must_use]
    pub fn outside_ms(&self) -> f64 {
        self.median(|build| build.outside_ms)
    }

    /// The median build's processor time.
    #[must_use]
    pub fn cpu_ms(&self) -> f64 {
        self.median(|build| build.cpu_ms)
    }

    /// The median of one figure of the builds.
    pub fn median(&self, figure: impl Fn(&Build) -> f64) -> f64 {
        percentile(&self.builds.iter().map(figure).collect::<Vec<_>>(), 50.0)
    }
}

/// Builds a day of this many messages several times, in a cloud and a process of its own.
pub async fn build(binaries: &Path, window: Window, messages: u32, builds: usize) -> Result<BigDay> {
    let world = World::start(binaries, 1, 1)?;
    world.warm_up(window.day(1), 1).await?;
    let guild = Guild::new((0..AUTHORS).map(|n| format!("Person {n}")));
    guild.chat(&world, window.day(0), messages).await?;
    let [pid] = world.emulator.pids(FUNCTION)[..] else {
        anyhow::bail!("{FUNCTION} has not exactly one process");
    };
    let mut measured = Vec::new();
    for n in 0..builds {
        measured.push(build_once(&world, &guild, window, n > 0, pid).await?);
    }
    Ok(BigDay { messages, builds: measured, peak_mb: peak_rss_mb(pid)? })
}

async fn build_once(world: &World, guild: &Guild, window: Window, rebuild: bool, pid: u32) -> Result<Build> {
    let cpu_before = cpu_ms(pid)?;
    let measured = world.measured(guild.summary(world, window.day(0), rebuild)).await?;
    let cpu_ms = cpu_ms(pid)? - cpu_before;
    ensure!(measured.value["status"] == "built", "the day was not built: {}", measured.value["status"]);

    let invocations = world.cloud.lambda().invocations();
    let invocation = invocations.iter().rev().find(|invocation| invocation.function == FUNCTION);
    let invocation = invocation.context("no invocation was noted")?;
    let whole: Interval = (invocation.started, invocation.ended.context("the invocation has not ended")?);
    let model: Vec<Interval> =
        world.cloud.model().calls().iter().filter_map(|call| Some((call.started, call.ended?))).collect();
    let store = world.cloud.store().calls().into_iter().map(|call| (call.started, call.ended));
    let model_time = covered(whole, model.clone());
    let both = covered(whole, model.into_iter().chain(store));
    Ok(Build {
        wall_ms: ms(whole.1 - whole.0),
        model_ms: ms(model_time),
        store_ms: ms(both - model_time),
        outside_ms: ms(whole.1 - whole.0 - both),
        cpu_ms,
        model_calls: measured.cost.model_calls,
        dynamodb_requests: measured.cost.dynamodb_requests.values().sum(),
    })
}
