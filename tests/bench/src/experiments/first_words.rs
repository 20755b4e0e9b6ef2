//! `/memory show` while the model is slow: when there is something to read, and when everything.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::json;

use super::webhook::interaction;
use crate::{
    chat::CHANNELS,
    window::Window,
    world::{Guild, World},
};

/// How long the model takes in real seconds.
const MODEL: Duration = Duration::from_secs(20);
/// Each with a day more to summarize.
const REQUESTS: usize = 3;
const LIMIT: Duration = Duration::from_secs(120);
/// What a reply ends with that has everything: made for it, or by whoever was asked to keep it warm and was faster.
const ALL: [&str; 2] = ["Written just now", "nothing that matters has changed since"];
/// View Channel and Read Message History.
const READING: &str = "66560";

/// What was waited for.
#[derive(Clone, Debug, Serialize)]
pub struct FirstWords {
    /// How often it was asked, each time with more to summarize.
    pub requests: usize,
    /// Until there was something to read: the slowest. Not scaled, since it does not depend on the model.
    pub first_s: f64,
    /// Until everything was there: the slowest.
    pub last_s: f64,
    /// The most edits of one reply.
    pub edits: u64,
}

/// Asks for what is remembered about somebody, each time with a day more.
pub async fn ask(binaries: &Path, window: Window, scale: f64) -> Result<FirstWords> {
    let world = World::start(binaries, 2, 2)?;
    let guild = Guild::new(["Ann"]);
    world.cloud.discord().put_guild(&guild.id(), READING);
    for channel in CHANNELS {
        world.cloud.discord().put_channel(&guild.id(), json!({"id": channel.to_string(), "type": 0}));
    }
    guild.teach(&world, 1, "keeps bees on a roof").await?;
    world.cloud.model().set_usual_latency(MODEL.mul_f64(scale));
    let (mut first_s, mut last_s, mut edits) = (0.0_f64, 0.0_f64, 0);
    for (n, day) in window.days().take(REQUESTS).enumerate() {
        guild.chat(&world, day, 5).await?;
        let data =
            json!({"id": "21", "name": "memory", "type": 1, "options": [{"name": "show", "type": 1, "options": []}]});
        let interaction = interaction(&guild, 2, data, n);
        let token = interaction["token"].as_str().unwrap_or_default();
        let discord = world.cloud.discord();
        let started = Instant::now();
        discord.interact(world.cloud.webhook_url(), &interaction).await?;
        let first = tokio::time::timeout(LIMIT, discord.first_reply(token)).await.context("nobody answered")?;
        first_s = first_s.max(started.elapsed().as_secs_f64());
        ensure!(first.text().contains("bees"), "that says nothing: {}", first.text());
        world.cloud.lambda().wait_until_idle().await;
        last_s = last_s.max(started.elapsed().as_secs_f64());
        let last = discord.reply(token).context("nobody answered")?;
        ensure!(ALL.iter().any(|all| last.text().contains(all)), "that is not all: {}", last.text());
        edits = edits.max(last.edits);
    }
    Ok(FirstWords { requests: REQUESTS, first_s, last_s, edits })
}
