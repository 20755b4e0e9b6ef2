//! A cold request for a trace under a budget, and what cutting its days costs in tokens.

use std::path::Path;

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use serde::Serialize;

use super::replay::prepare;
use crate::{
    traces::{DAYS, Trace},
    window::Window,
    world::{Guild, ModelCost, Setting, World},
};

/// How many days of a trace may be built at once, and in how many parts.
const PROCESSES: usize = 8;

/// How often each is asked.
const TIMES: usize = 3;

/// One cold request.
#[derive(Clone, Debug, Serialize)]
pub struct Budgeted {
    /// Requests a minute of the model; no limit if it is left out.
    pub rpm: Option<u32>,
    /// Whether days were cut so that calls are short.
    pub splitting: bool,
    /// How long it took, in real seconds.
    pub wall_s: f64,
    /// What the model was asked.
    pub cost: ModelCost,
}

/// Asks for the people of the `days` trace: with each budget, and with none, with days that are cut and with whole ones. Each is
/// asked a few times in a world of its own: it is the median time that counts, and the most calls.
pub async fn ask(binaries: &Path, window: Window, rpms: &[u32], scale: f64) -> Result<Vec<Budgeted>> {
    let mut asked = Vec::new();
    for (rpm, splitting) in rpms.iter().map(|rpm| (Some(*rpm), true)).chain([(None, true), (None, false)]) {
        let setting = Setting::of_model(&rpm.map(|rpm| format!("rpm={rpm}")).unwrap_or_default());
        let setting = if splitting { setting } else { setting.without_splitting() };
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let world = World::with(binaries, 2, PROCESSES, &setting)?;
            times.push(once(&world, window, &DAYS, scale).await?);
        }
        times.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let (wall_s, _) = times[TIMES / 2];
        let (_, cost) = times.into_iter().max_by_key(|(_, cost)| cost.calls).context("it was asked")?;
        asked.push(Budgeted { rpm, splitting, wall_s: wall_s / scale, cost });
    }
    Ok(asked)
}

async fn once(world: &World, window: Window, trace: &Trace, scale: f64) -> Result<(f64, ModelCost)> {
    // Every process has its connections; the model has not been asked, and the budget is whole.
    let nobody = Guild::new(["Ann"]);
    try_join_all(window.days().map(|day| nobody.summary(world, day, false))).await?;
    nobody.memories(world, &nobody.users(1)).await?;
    let guild = prepare(world, window, trace, scale).await?;
    let measured = world.measured(guild.memories(world, &guild.users(trace.merges.len()))).await?;
    let late = measured.value["days"].as_object().into_iter().flatten();
    if let Some((day, state)) = late.into_iter().find(|(_, state)| *state == "pending") {
        bail!("{day} is {state}");
    }
    Ok((measured.wall.as_secs_f64(), world.model_cost_since(measured.started)))
}
