//! What was measured.

use serde::Serialize;

use crate::experiments::{
    big_day::BigDay, budgets::Budgeted, callers::Callers, crowded_day::CrowdedDay, exported::Exported,
    first_words::FirstWords, functions::Function, large_guild::LargeGuild, no_models::NoModels,
    one_at_a_time::OneAtATime, paces::Paced, replay::Replay, simulated::Simulated, slow_calls::SlowCalls, warm::Warm,
    webhook::Webhook,
};

/// Everything that was measured in one run.
#[derive(Debug, Serialize)]
pub struct Results {
    /// 1 for real seconds, 0.1 for a tenth of them.
    pub scale: f64,
    /// Where it ran.
    pub machine: Machine,
    /// Both traces in both orders.
    pub replays: Vec<Replay>,
    /// Many at once.
    pub callers: Callers,
    /// Requests that find everything there.
    pub warm: Vec<Warm>,
    /// Warm requests without spans that are exported, and with.
    pub exported: Vec<Exported>,
    /// Requests while no model is to be had.
    pub cooling: Vec<Warm>,
    /// Days of thousands of messages.
    pub big_days: Vec<BigDay>,
    /// Guilds of different sizes.
    pub large_guilds: Vec<LargeGuild>,
    /// Discord's webhook.
    pub webhook: Vec<Webhook>,
    /// Cold requests under budgets, and with whole days.
    pub budgets: Vec<Budgeted>,
    /// Eight hours of a live day.
    pub eight_hours: Simulated,
    /// A day of an active guild.
    pub active_day: Simulated,
    /// A day of many people with a slow model.
    pub crowded_day: CrowdedDay,
    /// The week of the demo with a model that answers one call at a time.
    pub one_at_a_time: OneAtATime,
    /// `/memory show` with a slow model.
    pub first_words: FirstWords,
    /// Requests of bots whose own model reads memories.
    pub no_models: NoModels,
    /// Models of different pace.
    pub paces: Vec<Paced>,
    /// Calls of which few are slow, without second tries and with them.
    pub slow_calls: [SlowCalls; 2],
    /// Each function.
    pub functions: Vec<Function>,
}

/// The machine of a run.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// `x86_64` or `aarch64`.
    pub architecture: &'static str,
    /// How many processors it has.
    pub processors: usize,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn this() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { architecture: std::env::consts::ARCH, processors }
    }
}
