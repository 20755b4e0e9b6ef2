//! What requests take with models of different pace: cold, refreshed after a change, and warm; and what each costs.

use std::{path::Path, time::Instant};

use anyhow::Result;
use local_cloud::{Pace, Rule, Timing};
use serde::Serialize;
use serde_json::Value;

use super::replay::guild_of;
use crate::{
    traces::{DAYS, MEMORIES, Trace},
    window::Window,
    world::{Guild, ModelCost, Setting, World},
};

/// A model, and how functions are set for it.
struct Preset {
    name: &'static str,
    pace: Pace,
    /// How many calls it answers at a time.
    parallel: Option<usize>,
    /// How many people of a request share a call.
    merge_batch: usize,
}

const PRESETS: [Preset; 3] = [
    Preset { name: "fast hosted", pace: Pace::FAST_HOSTED, parallel: None, merge_batch: 1 },
    Preset { name: "thinking hosted", pace: Pace::THINKING_HOSTED, parallel: None, merge_batch: 1 },
    Preset { name: "laptop", pace: Pace::LAPTOP, parallel: Some(1), merge_batch: 1 },
];
/// For a quota that is counted in requests.
const SHARING: Preset = Preset { name: "fast hosted, `MERGE_BATCH=10`", merge_batch: 10, ..PRESETS[0] };

/// A second is a tenth of one at the most: a laptop takes minutes.
const SLOWEST: f64 = 0.1;
/// How long a call may take, and a caller waits, in real seconds.
const CALL_S: f64 = 110.0;
const WAIT_S: f64 = 115.0;
/// After so many requests nobody asks any more.
const MOST_REQUESTS: u64 = 5;
/// The large day.
const MEMBERS: usize = 200;
const MESSAGES: u32 = 2_000;
const PROCESSES: usize = 6;

/// One kind of request with one model.
#[derive(Clone, Debug, Serialize)]
pub struct Paced {
    /// The model.
    pub model: &'static str,
    /// What was asked for.
    pub what: &'static str,
    /// `cold`, `refreshed` or `warm`.
    pub state: &'static str,
    /// Until everything was there, in real seconds; all requests together if it took several.
    pub wall_s: f64,
    /// How many requests that took.
    pub requests: u64,
    /// Whether everything was there in the end.
    pub complete: bool,
    /// What the model was asked.
    pub cost: ModelCost,
}

/// Asks with each model for both traces, and for five people of a day of 2,000 messages of 200 members.
pub async fn ask(binaries: &Path, window: Window, scale: f64) -> Result<Vec<Paced>> {
    let scale = scale.min(SLOWEST);
    let mut rows = Vec::new();
    for preset in &PRESETS {
        for what in ["`days`", "`memories`", "2,000 messages"] {
            rows.extend(of(binaries, window, preset, what, scale).await?);
        }
    }
    rows.extend(of(binaries, window, &SHARING, "`memories`", scale).await?);
    Ok(rows)
}

/// Cold, refreshed and warm; nothing more once not everything was there.
async fn of(binaries: &Path, window: Window, preset: &Preset, what: &'static str, scale: f64) -> Result<Vec<Paced>> {
    let call_s = (CALL_S * scale).max(1.0);
    let parallel = preset.parallel.map(|calls| format!("&parallel={calls}")).unwrap_or_default();
    let setting =
        Setting { model_parallel: preset.parallel, ..Setting::of_model(&format!("timeout={call_s:.0}{parallel}")) };
    let setting = setting.and("MERGE_BATCH", preset.merge_batch.to_string());
    let world = World::with(binaries, 2, PROCESSES, &setting)?;
    let (guild, people, messages) = fill(&world, window, what).await?;
    let timing = Some(Timing::Pace(preset.pace.scaled(scale)));
    world.cloud.model().set(vec![Rule { timing, ..Rule::default() }]);
    let users = guild.users(people);
    let asked = Asked { world: &world, guild: &guild, users: &users, model: preset.name, what, scale };
    let mut rows = vec![asked.until_complete("cold").await?];
    guild.edit(&world, window.day(0), messages).await?;
    for state in ["refreshed", "warm"] {
        if rows.iter().all(|row| row.complete) {
            rows.push(asked.until_complete(state).await?);
        }
    }
    Ok(rows)
}

/// The guild, how many people are asked for, and how many messages were written on the newest day.
async fn fill(world: &World, window: Window, what: &str) -> Result<(Guild, usize, u32)> {
    let of_trace = async |trace: &Trace| {
        let guild = guild_of(world, window, trace).await?;
        Ok::<_, anyhow::Error>((guild, trace.merges.len(), trace.days[0].messages))
    };
    match what {
        "`days`" => of_trace(&DAYS).await,
        "`memories`" => of_trace(&MEMORIES).await,
        _ => {
            let guild = Guild::new((0..MEMBERS).map(|n| format!("Person {n}")));
            guild.chat(world, window.day(0), MESSAGES).await?;
            guild.teach(world, 5, "keeps bees on a roof").await?;
            Ok((guild, 5, MESSAGES))
        }
    }
}

/// Who is asked for, of which model.
struct Asked<'a> {
    world: &'a World,
    guild: &'a Guild,
    users: &'a [String],
    model: &'static str,
    what: &'static str,
    scale: f64,
}

impl Asked<'_> {
    /// Asks until all is there, or for so long as somebody might.
    async fn until_complete(&self, state: &'static str) -> Result<Paced> {
        let Self { world, guild, users, model, what, scale } = *self;
        let (mut requests, mut complete) = (0, false);
        let begun = Instant::now();
        while !complete && requests < MOST_REQUESTS {
            let answer = guild.ask_for(world, users, WAIT_S * scale).await?;
            requests += 1;
            complete = is_complete(&answer);
        }
        let wall = begun.elapsed();
        world.cloud.lambda().wait_until_idle().await;
        let cost = world.model_cost_since(begun);
        let cost = ModelCost { longest_s: cost.longest_s / scale, ..cost };
        // Only the model is made faster by the scale.
        let wall_s = wall.as_secs_f64() / if cost.calls > 0 { scale } else { 1.0 };
        Ok(Paced { model, what, state, wall_s, requests, complete, cost })
    }
}

/// Whether nothing failed, is late, or stands in for something that is.
pub(super) fn is_complete(answer: &Value) -> bool {
    let states = answer["days"].as_object().into_iter().flatten();
    let sources = answer["sources"].as_object().into_iter().flatten();
    let late = states.filter(|(_, state)| *state == "pending" || *state == "failed" || *state == "stale").count();
    let instead = sources.filter(|(_, source)| *source == "unmerged" || *source == "last_known_good").count();
    late + instead == 0 && answer["errors"].as_array().is_none_or(Vec::is_empty)
}
