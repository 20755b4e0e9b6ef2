//! Requests whose answer is there already.

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use crate::{
    process::cpu_ms,
    stats::{covered, ms, percentile},
    window::Window,
    world::{Guild, World},
};

/// How many people the guild has, all of them active on every day.
const PEOPLE: usize = 100;
const MESSAGES_A_DAY: u32 = 300;
/// Requests before those that count: two for each process there may be. When a loopback connection first carries more
/// than ever before, its large segments wait for a delayed acknowledgement of 40 ms, which says nothing about a network.
const UNMEASURED: usize = 24;

/// What a warm request takes and costs.
#[derive(Clone, Debug, Serialize)]
pub struct Warm {
    /// How many people were asked for.
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

/// Asks `requests` times for each number of people, one request after the other.
pub async fn ask_again(world: &World, window: Window, people: &[usize], requests: usize) -> Result<Vec<Warm>> {
    let guild = fill(world, window).await?;
    let mut rows = Vec::new();
    for &people in people {
        let users = guild.users(people);
        let ask = || async { guild.memories(world, &users).await.map(drop) };
        rows.push(repeat(world, people, requests, ask).await?);
    }
    Ok(rows)
}

/// The same for a request that asks for nobody: what the stand-ins for Lambda themselves take.
pub async fn round_trip(world: &World, requests: usize) -> Result<Warm> {
    let event = json!({"guild_id": "998100000000000001", "user_ids": []});
    repeat(world, 0, requests, || async { world.call("get_memories", &event).await.map(drop) }).await
}

/// A week of chat, and everybody's memory of it.
async fn fill(world: &World, window: Window) -> Result<Guild> {
    world.cloud.model().set(Vec::new());
    let guild = Guild::new((0..PEOPLE).map(|n| format!("Person {n}")));
    for day in window.days() {
        guild.chat(world, day, MESSAGES_A_DAY).await?;
    }
    guild.teach(world, PEOPLE).await?;
    guild.memories(world, &guild.users(PEOPLE)).await?;
    world.cloud.lambda().wait_until_idle().await;
    Ok(guild)
}

async fn repeat<A: Future<Output = Result<()>>>(
    world: &World,
    people: usize,
    requests: usize,
    ask: impl Fn() -> A,
) -> Result<Warm> {
    for _ in 0..UNMEASURED {
        ask().await?;
    }
    let cpu_before = cpu_of_all(world)?;
    let measured = world.measured(async {
        let mut took = Vec::with_capacity(requests);
        for _ in 0..requests {
            let started = std::time::Instant::now();
            ask().await?;
            took.push(ms(started.elapsed()));
        }
        Ok(took)
    });
    let measured = measured.await?;
    let cpu = cpu_of_all(world)? - cpu_before;
    let whole = (measured.started, measured.started + measured.wall);
    let store = world.cloud.store().calls().into_iter().map(|call| (call.started, call.ended));
    let dynamodb: u64 = measured.cost.dynamodb_requests.values().sum();
    Ok(Warm {
        people,
        requests,
        p50_ms: percentile(&measured.value, 50.0),
        p99_ms: percentile(&measured.value, 99.0),
        store_ms: ms(covered(whole, store)) / requests as f64,
        cpu_ms: cpu / requests as f64,
        dynamodb_requests: dynamodb as f64 / requests as f64,
        model_calls: measured.cost.model_calls,
        invocations: measured.cost.invocations() - requests as u64,
    })
}

fn cpu_of_all(world: &World) -> Result<f64> {
    world.emulator.pids("get_memories").into_iter().map(cpu_ms).sum()
}
