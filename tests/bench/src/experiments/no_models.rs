//! Requests of bots whose own model reads memories: `"models":"none"`, with nothing there but the texts of days.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use local_cloud::{Rule, Task};
use serde::Serialize;
use serde_json::json;

use crate::{
    stats::{ms, percentile},
    window::Window,
    world::{Guild, World},
};

const PEOPLE: usize = 40;
const MESSAGES_A_DAY: u32 = 80;
/// Guilds that are asked about before anything is measured: each process has answered by then.
const BEFORE: usize = 4;
/// How long a merge takes, in real seconds: who waits for one is found out.
const MERGE: Duration = Duration::from_secs(5);

/// What such requests take.
#[derive(Clone, Debug, Serialize)]
pub struct NoModels {
    /// How many people are asked for.
    pub people: usize,
    /// How many requests, each of a guild of its own.
    pub requests: usize,
    /// Half of them took at most this.
    pub p50_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
}

/// Asks once in each of so many guilds whose days are summarized.
pub async fn ask(binaries: &Path, window: Window, requests: usize, scale: f64) -> Result<NoModels> {
    let world = World::start(binaries, 2, 2)?;
    world.warm_up(window.day(1), 1).await?;
    let mut took = Vec::new();
    for n in 0..BEFORE + requests {
        world.cloud.model().set(Vec::new());
        let guild = Guild::new((0..PEOPLE).map(|n| format!("Person {n}")));
        for day in window.days() {
            guild.chat(&world, day, MESSAGES_A_DAY).await?;
            guild.summary(&world, day, false).await?;
        }
        let slow =
            Rule { task: Some(Task::Merge), latency_ms: MERGE.mul_f64(scale).as_millis() as u64, ..Rule::default() };
        world.cloud.model().set(vec![slow]);
        let event = json!({"guild_id": guild.id(), "user_ids": guild.users(PEOPLE), "models": "none"});
        let started = Instant::now();
        let answer = world.call("get_memories", &event).await?;
        let elapsed = ms(started.elapsed());
        took.extend((n >= BEFORE).then_some(elapsed));
        let told = answer["memories"].as_object().into_iter().flatten().filter(|(_, text)| text.is_string());
        ensure!(told.count() == PEOPLE, "not everybody is told about: {answer}");
        world.cloud.model().set(Vec::new()); // what goes on behind the answer
        world.cloud.lambda().wait_until_idle().await;
    }
    Ok(NoModels { people: PEOPLE, requests, p50_ms: percentile(&took, 50.0), p99_ms: percentile(&took, 99.0) })
}
