//! The same hundred people in a small guild and in a large one: what all the others cost a request.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use local_cloud::Capacity;
use serde::Serialize;

use crate::{
    process::{peak_rss_mb, reset_peak},
    stats::{Interval, covered, ms, percentile},
    window::Window,
    world::{Guild, World},
};

/// Who is asked for. Half of them write on a day, the other half on the next.
const PEOPLE: usize = 100;
const FUNCTION: &str = "get_memories";

/// What requests for a hundred people take in a guild of that size.
#[derive(Clone, Debug, Serialize)]
pub struct LargeGuild {
    /// How many people write on a day.
    pub authors: usize,
    /// Days are there, and no memory.
    pub cold: Asked,
    /// Everything is there.
    pub warm: Asked,
    /// Writes of memories, for each that was kept: more than one where commits meet.
    pub tries_per_commit: f64,
}

/// Medians of several requests; read units of one.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// The invocation without moments in which the model was working.
    pub without_model_ms: f64,
    /// Read units that DynamoDB would charge for.
    pub read_units: f64,
    /// Requests to DynamoDB.
    pub dynamodb_requests: f64,
    /// The most memory that the process had at once.
    pub peak_mb: f64,
    /// Model calls.
    pub model_calls: f64,
}

/// Guilds in which so many people write on each day. Each is asked for a hundred people so often cold and warm, in turn: what
/// slows this machine down for a while slows all of them down.
pub async fn ask(binaries: &Path, window: Window, sizes: &[usize], rounds: usize) -> Result<Vec<LargeGuild>> {
    let mut filled = Vec::new();
    for authors in sizes {
        filled.push(Filled::new(binaries, window, *authors).await?);
    }
    for round in 0..=rounds {
        for guild in &mut filled {
            guild.ask(round, round == rounds).await?;
        }
    }
    filled.iter().map(Filled::measured).collect()
}

/// A guild whose days are summarized, and what asking it took.
struct Filled {
    authors: usize,
    world: World,
    guild: Guild,
    users: Vec<String>,
    cold: Vec<Asked>,
    warm: Vec<Asked>,
    /// Of memories.
    writes: u64,
}

impl Filled {
    async fn new(binaries: &Path, window: Window, authors: usize) -> Result<Self> {
        ensure!(authors >= PEOPLE / 2, "half of the people write on each day");
        let world = World::start(binaries, 1, 2)?;
        let guild = Guild::new((0..PEOPLE / 2 + authors).map(|n| format!("Person {n}")));
        for (n, day) in window.days().enumerate() {
            let half = n % 2 * (PEOPLE / 2)..(n % 2 + 1) * (PEOPLE / 2);
            let others = PEOPLE..PEOPLE + authors - PEOPLE / 2;
            guild.chat_of(&world, day, half.chain(others)).await?;
            guild.summary(&world, day, false).await?;
        }
        let users = guild.users(PEOPLE);
        Ok(Self { authors, world, guild, users, cold: Vec::new(), warm: Vec::new(), writes: 0 })
    }

    async fn ask(&mut self, round: usize, is_last: bool) -> Result<()> {
        let Self { world, guild, users, .. } = &*self;
        // What the last round costs is counted, which takes time: it is not one of those that are timed.
        world.cloud.store().count_capacity(is_last);
        // A new fact about everybody makes every memory anew, and no day.
        guild.teach(world, PEOPLE, &format!("won round {round}")).await?;
        let puts = || world.cloud.store().requests().get("PutItem").copied().unwrap_or_default();
        let before = puts();
        let cold = once(world, guild, users).await?;
        let writes = puts() - before;
        let warm = once(world, guild, users).await?;
        self.writes += writes;
        self.cold.push(cold);
        self.warm.push(warm);
        Ok(())
    }

    fn measured(&self) -> Result<LargeGuild> {
        let kept: f64 = self.cold.iter().map(|asked| asked.model_calls).sum();
        ensure!(kept >= (PEOPLE * self.cold.len()) as f64, "not everybody was merged: {kept}");
        Ok(LargeGuild {
            authors: self.authors,
            cold: median(&self.cold),
            warm: median(&self.warm),
            tries_per_commit: self.writes as f64 / kept,
        })
    }
}

async fn once(world: &World, guild: &Guild, users: &[String]) -> Result<Asked> {
    let [pid] = world.emulator.pids(FUNCTION)[..] else {
        anyhow::bail!("{FUNCTION} has not exactly one process");
    };
    reset_peak(pid)?;
    let before = world.cloud.store().capacity();
    let measured = world.measured(guild.memories(world, users)).await?;
    let Capacity { read_units, .. } = world.cloud.store().capacity();
    let invocations = world.cloud.lambda().invocations();
    let invocation = invocations.iter().rev().find(|invocation| invocation.function == FUNCTION);
    let invocation = invocation.context("no invocation was noted")?;
    let whole: Interval = (invocation.started, invocation.ended.context("the invocation has not ended")?);
    let calls = world.cloud.model().calls();
    let model = covered(whole, calls.iter().filter_map(|call| Some((call.started, call.ended?))));
    Ok(Asked {
        without_model_ms: ms(whole.1 - whole.0 - model),
        read_units: read_units - before.read_units,
        dynamodb_requests: measured.cost.dynamodb_requests.values().sum::<u64>() as f64,
        peak_mb: peak_rss_mb(pid)?,
        model_calls: measured.cost.model_calls as f64,
    })
}

fn median(asked: &[Asked]) -> Asked {
    let (counted, timed) = asked.split_last().map_or((0.0, asked), |(last, timed)| (last.read_units, timed));
    let of = |figure: fn(&Asked) -> f64| percentile(&timed.iter().map(figure).collect::<Vec<_>>(), 50.0);
    Asked {
        without_model_ms: of(|asked| asked.without_model_ms),
        read_units: counted,
        dynamodb_requests: of(|asked| asked.dynamodb_requests),
        peak_mb: of(|asked| asked.peak_mb),
        model_calls: of(|asked| asked.model_calls),
    }
}
