//! Requests that need no model, because the answer is there already, or because no model is to be had.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};
use local_cloud::{Fault, Rule};
use serde::Serialize;

use crate::{
    process::cpu_ms,
    stats::{covered, ms, percentile},
    window::Window,
    world::{Guild, Measured, World},
};

/// How many people the guild has, all of them active on every day.
const PEOPLE: usize = 100;
const MESSAGES_A_DAY: u32 = 300;
/// Requests before those that count. While a loopback connection first carries more than ever before, its large segments
/// wait for delayed acknowledgements of 40 ms, which says nothing about a network.
const UNMEASURED: usize = 50;

/// What a request without a model takes and costs.
#[derive(Clone, Debug, Serialize)]
pub struct Warm {
    /// How many people were asked for; nobody in the row of the stand-in for Lambda.
    pub people: usize,
    /// How often.
    pub requests: usize,
    /// Half of the requests took at most this.
    pub p50_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
    /// Of the mean request: moments in which the store was working.
    pub store_ms: f64,
    /// Processor time of the functions' processes, for each request.
    pub cpu_ms: f64,
    /// Requests to DynamoDB, for each request.
    pub dynamodb_requests: f64,
    /// Model calls of all requests together.
    pub model_calls: u64,
    /// Invocations of all requests together, themselves not counted.
    pub invocations: u64,
}

/// Asks `requests` times for each number of people, one request after the other, in a cloud of its own with one process
/// of `get_memories`. The first row asks for nobody: it is what the stand-in for Lambda itself takes.
pub async fn ask_again(binaries: &Path, window: Window, people: &[usize], requests: usize) -> Result<Vec<Warm>> {
    let world = World::start(binaries, 1, 1)?;
    let guild = fill(&world, window).await?;
    let mut rows = Vec::new();
    for &people in [0].iter().chain(people) {
        rows.push(repeat(&world, &guild, people, requests).await?);
    }
    Ok(rows)
}

/// Of several times the one with the median time, number of people by number; what was asked for is that of all.
pub fn median(times: &[Vec<Warm>]) -> Vec<Warm> {
    let rows = 0..times.first().map_or(0, Vec::len);
    let median = |row: usize| {
        let mut of: Vec<&Warm> = times.iter().filter_map(|rows| rows.get(row)).collect();
        of.sort_by(|one, other| one.p50_ms.total_cmp(&other.p50_ms));
        let middle = (*of.get(of.len() / 2)?).clone();
        Some(Warm {
            dynamodb_requests: of.iter().map(|warm| warm.dynamodb_requests).fold(0.0, f64::max),
            model_calls: of.iter().map(|warm| warm.model_calls).sum(),
            invocations: of.iter().map(|warm| warm.invocations).sum(),
            ..middle
        })
    };
    rows.filter_map(median).collect()
}

/// The same while every model cools down, though every day has changed and everybody was taught something: the answer is made
/// of facts and of what is stored.
pub async fn ask_while_cooling(
    binaries: &Path,
    window: Window,
    people: &[usize],
    requests: usize,
) -> Result<Vec<Warm>> {
    let world = World::start(binaries, 1, 1)?;
    let guild = fill(&world, window).await?;
    for day in window.days() {
        guild.edit(&world, day, MESSAGES_A_DAY).await?;
    }
    guild.teach(&world, PEOPLE, "is learning to sail").await?;
    let limited = Fault::RateLimited { retry_delay_s: 86_400 };
    world.cloud.model().set(vec![Rule { fault: Some(limited), ..Rule::default() }]);
    let answer = guild.ask(&world, &guild.users(PEOPLE)).await?;
    ensure!(answer["errors"][0]["retry_after_s"].is_u64(), "nothing was limited: {}", answer["errors"]);
    world.cloud.lambda().wait_until_idle().await;
    let mut rows = Vec::new();
    for &people in people {
        rows.push(repeat(&world, &guild, people, requests).await?);
    }
    Ok(rows)
}

/// A week of chat, and everybody's memory of it.
pub(super) async fn fill(world: &World, window: Window) -> Result<Guild> {
    let guild = Guild::new((0..PEOPLE).map(|n| format!("Person {n}")));
    for day in window.days() {
        guild.chat(world, day, MESSAGES_A_DAY).await?;
    }
    guild.teach(world, PEOPLE, "keeps bees on a roof").await?;
    guild.memories(world, &guild.users(PEOPLE)).await?;
    world.cloud.lambda().wait_until_idle().await;
    Ok(guild)
}

async fn repeat(world: &World, guild: &Guild, people: usize, requests: usize) -> Result<Warm> {
    let users = guild.users(people);
    for _ in 0..UNMEASURED {
        guild.ask(world, &users).await?;
    }
    let cpu_before = cpu_of_all(world)?;
    let measured = world.measured(async {
        let mut took = Vec::with_capacity(requests);
        for _ in 0..requests {
            let started = Instant::now();
            guild.ask(world, &users).await?;
            took.push(ms(started.elapsed()));
        }
        Ok(took)
    });
    let Measured { value: took, started, wall, cost } = measured.await?;
    let store = world.cloud.store().calls().into_iter().map(|call| (call.started, call.ended));
    let each = |sum: f64| sum / requests as f64;
    Ok(Warm {
        people,
        requests,
        p50_ms: percentile(&took, 50.0),
        p99_ms: percentile(&took, 99.0),
        store_ms: each(ms(covered((started, started + wall), store))),
        cpu_ms: each(cpu_of_all(world)? - cpu_before),
        dynamodb_requests: each(cost.dynamodb_requests.values().sum::<u64>() as f64),
        model_calls: cost.model_calls,
        invocations: cost.invocations().saturating_sub(requests as u64),
    })
}

pub(super) fn cpu_of_all(world: &World) -> Result<f64> {
    world.emulator.pids("get_memories").into_iter().map(cpu_ms).sum()
}
