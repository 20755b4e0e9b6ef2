//! A day on which more people wrote than one call of a slow model can tell about in its time.

use std::path::Path;

use anyhow::Result;
use local_cloud::{Rule, Task, Timing};
use serde::Serialize;
use serde_json::Value;

use crate::{
    window::Window,
    world::{Guild, ModelCost, Setting, World},
};

const MEMBERS: usize = 120;
const MESSAGES: u32 = 720;
/// What the model takes for a summary, and how long a call may take.
const SUMMARY_MS: f64 = 100.0;
const ALLOWED_MS: f64 = 5_000.0;

/// The first request for that day.
#[derive(Clone, Debug, Serialize)]
pub struct CrowdedDay {
    /// How many people wrote.
    pub members: usize,
    /// Whether the day was there in its answer.
    pub complete: bool,
    /// How long it took, in real seconds.
    pub wall_s: f64,
    /// What the model was asked; its longest call in real seconds.
    pub cost: ModelCost,
}

/// Asks for somebody of a guild in which 120 people wrote on a day, with a model that writes ten summaries a second and
/// calls that may take five seconds.
pub async fn ask(binaries: &Path, window: Window, scale: f64) -> Result<CrowdedDay> {
    let setting = Setting::of_model("").and("MODEL_TIMEOUT_MS", ((ALLOWED_MS * scale) as u64).to_string());
    let world = World::with(binaries, 2, 2, &setting)?;
    world.warm_up(window.day(1), 1).await?;
    let guild = Guild::new((0..MEMBERS).map(|n| format!("Person {n}")));
    guild.chat(&world, window.day(0), MESSAGES).await?;
    let timing = Some(Timing::PerMember((SUMMARY_MS * scale) as u64));
    world.cloud.model().set(vec![Rule { task: Some(Task::DailySummary), timing, ..Rule::default() }]);
    let measured = world.measured(guild.ask(&world, &guild.users(5))).await?;
    let is_built = measured.value["days"][window.day(0).to_string()] == "built";
    let told = measured.value["memories"].as_object().into_iter().flatten().filter(|(_, text)| **text != Value::Null);
    let cost = world.model_cost_since(measured.started);
    Ok(CrowdedDay {
        members: MEMBERS,
        complete: is_built && told.count() == 5,
        wall_s: measured.wall.as_secs_f64() / scale,
        cost: ModelCost { longest_s: cost.longest_s / scale, ..cost },
    })
}
