//! The week of the demo, with a model that answers one call at a time and takes its time for each.

use std::path::Path;

use anyhow::{Result, ensure};
use local_cloud::Rule;
use serde::Serialize;

use super::paces::is_complete;
use crate::{
    window::Window,
    world::{Guild, ModelCost, Setting, World},
};

const PEOPLE: usize = 5;
const DAYS: usize = Window::DAYS;
const MESSAGES: u32 = 20;
/// What each call takes.
const CALL_S: f64 = 12.0;
/// How long a call may take, and who asks waits for an answer, in real seconds.
const TIMEOUT_S: f64 = 50.0;
const WAIT_S: f64 = 60.0;
/// After so many requests nobody asks any more.
const MOST_REQUESTS: u64 = 5;

/// What came of asking until everything was there.
#[derive(Clone, Debug, Serialize)]
pub struct OneAtATime {
    /// Days and people, a call each.
    pub needed_calls: u64,
    /// People without a memory in the end, and days that are not there.
    pub missing: u64,
    /// Calls more or fewer than one a day and person: one that timed out was made again.
    pub surplus: u64,
    /// How many requests there were.
    pub requests: u64,
    /// What the model was asked.
    pub cost: ModelCost,
}

/// Asks for everybody, and again for what was not ready in time.
pub async fn ask(binaries: &Path, window: Window, scale: f64) -> Result<OneAtATime> {
    let timeout = (TIMEOUT_S * scale).ceil();
    let setting = Setting { model_parallel: Some(1), ..Setting::of_model(&format!("parallel=1&timeout={timeout:.0}")) };
    let world = World::with(binaries, 2, DAYS, &setting)?;
    let guild = Guild::new((0..PEOPLE).map(|n| format!("Person {n}")));
    for day in window.days() {
        guild.chat(&world, day, MESSAGES).await?;
    }
    guild.teach(&world, PEOPLE, "keeps bees on a roof").await?;
    let latency_ms = (CALL_S * scale * 1e3) as u64;
    world.cloud.model().set(vec![Rule { latency_ms, ..Rule::default() }]);
    let users = guild.users(PEOPLE);
    let begun = std::time::Instant::now();
    let (mut requests, mut missing) = (0, 1);
    while missing > 0 && requests < MOST_REQUESTS {
        let answer = guild.ask_for(&world, &users, WAIT_S * scale).await?;
        ensure!(answer["memories"].is_object(), "no memories: {answer}");
        requests += 1;
        let told = answer["memories"].as_object().into_iter().flatten().filter(|(_, text)| text.is_string()).count();
        missing = (PEOPLE - told) as u64 + u64::from(!is_complete(&answer));
        world.cloud.lambda().wait_until_idle().await;
    }
    let cost = world.model_cost_since(begun);
    let needed_calls = (DAYS + PEOPLE) as u64;
    Ok(OneAtATime { needed_calls, missing, surplus: cost.calls.abs_diff(needed_calls), requests, cost })
}
