//! Many ask for the same, at the same moment, and nothing is there yet.

use std::time::Instant;

use anyhow::Result;
use futures::future::try_join_all;
use local_cloud::Counters;
use serde::Serialize;

use super::replay::prepare;
use crate::{traces::Trace, window::Window, world::World};

/// What simultaneous cold callers cost.
#[derive(Clone, Debug, Serialize)]
pub struct Callers {
    /// How many there were.
    pub callers: usize,
    /// What one caller paid for.
    pub model_calls_of_one: u64,
    /// Until the first had an answer.
    pub first_s: f64,
    /// Until the last had an answer.
    pub last_s: f64,
    /// The slowest day and the slowest merge, at this scale.
    pub critical_path_s: f64,
    /// What was asked meanwhile.
    pub cost: Counters,
}

/// Lets one caller ask for the people of a trace, and then `callers` at once. Both know how fast the model is, and so they cut
/// days alike.
pub async fn one_and_many(world: &World, window: Window, trace: &Trace, callers: usize, scale: f64) -> Result<Callers> {
    let alone = ask_at_once(world, window, trace, 1, scale).await?;
    let many = ask_at_once(world, window, trace, callers, scale).await?;
    Ok(Callers { model_calls_of_one: alone.cost.model_calls, ..many })
}

async fn ask_at_once(world: &World, window: Window, trace: &Trace, callers: usize, scale: f64) -> Result<Callers> {
    let guild = prepare(world, window, trace, scale).await?;
    let users = guild.users(trace.merges.len());
    let started = Instant::now();
    let ask = || async {
        guild.memories(world, &users).await?;
        Ok(started.elapsed().as_secs_f64())
    };
    let measured = world.measured(try_join_all((0..callers).map(|_| ask()))).await?;
    Ok(Callers {
        callers,
        model_calls_of_one: 0,
        first_s: measured.value.iter().copied().fold(f64::INFINITY, f64::min),
        last_s: measured.value.iter().copied().fold(0.0, f64::max),
        critical_path_s: trace.critical_path() * scale,
        cost: measured.cost,
    })
}
