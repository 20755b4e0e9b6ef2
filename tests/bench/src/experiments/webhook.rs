//! Discord's webhook while the model is slow: how long Discord waits for the first answer.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    stats::{ms, percentile},
    window::Window,
    world::{Guild, World},
};

/// How long the model takes in real seconds.
const MODEL: Duration = Duration::from_secs(20);
/// The most requests of a kind: each that is answered later keeps `respond` busy for as long as the model takes.
const MOST: usize = 50;

/// The first answers to one kind of request.
#[derive(Clone, Debug, Serialize)]
pub struct Webhook {
    /// What was asked for.
    pub what: &'static str,
    /// The first request to processes that have just been started, what is left of their init included.
    pub first_ms: f64,
    /// How many followed.
    pub requests: usize,
    /// Half of those took at most this.
    pub p50_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
}

/// Asks for each kind of answer in a cloud of its own, in which every memory needs a model.
pub async fn ask(binaries: &Path, window: Window, requests: usize, scale: f64) -> Result<Vec<Webhook>> {
    let mut kinds = Vec::new();
    for what in ["PING", "choices of a fact", "fact taught", "memory, answered later"] {
        let world = World::start(binaries, 2, 2)?;
        world.cloud.model().set_usual_latency(MODEL.mul_f64(scale));
        let guild = Guild::new(["Ann"]);
        let first_ms = one(&world, &guild, what, 0).await?;
        guild.chat(&world, window.day(1), 10).await?;
        guild.teach(&world, 1, "keeps bees on a roof").await?;
        let mut took = Vec::new();
        for n in 1..=requests.min(MOST) {
            took.push(one(&world, &guild, what, n).await?);
        }
        let (p50_ms, p99_ms) = (percentile(&took, 50.0), percentile(&took, 99.0));
        kinds.push(Webhook { what, first_ms, requests: took.len(), p50_ms, p99_ms });
    }
    Ok(kinds)
}

/// Sends the `n`th request, and waits for its first answer.
async fn one(world: &World, guild: &Guild, what: &str, n: usize) -> Result<f64> {
    let user = guild.users(1).remove(0);
    let person = json!({"name": "person", "type": 6, "value": user});
    let fact = |text: String, typing: bool| json!({"name": "fact", "type": 3, "value": text, "focused": typing});
    let (kind, data) = match what {
        "PING" => (1, Value::Null),
        "choices of a fact" => (4, memory("forget", &[person, fact("bees".to_owned(), true)])),
        // The same few facts again and again: there is room for fifty.
        "fact taught" => (2, memory("remember", &[person, fact(format!("fact {}", n % 40), false)])),
        _ => (2, memory("show", &[])),
    };
    let interaction = interaction(guild, kind, data, n);
    let started = Instant::now();
    world.cloud.discord().interact(world.cloud.webhook_url(), &interaction).await?;
    Ok(ms(started.elapsed()))
}

/// The `n`th interaction of the guild's first person, as Discord sends it.
pub(super) fn interaction(guild: &Guild, kind: u8, data: Value, n: usize) -> Value {
    let id = ((jiff::Timestamp::now().as_millisecond() - 1_420_070_400_000) as u64) << 22 | n as u64;
    json!({
        "id": id.to_string(), "token": format!("token-{id}"), "type": kind, "version": 1, "locale": "en-US",
        "guild_id": guild.id(), "member": {"user": {"id": guild.users(1)[0]}, "permissions": "0"}, "data": data,
    })
}

fn memory(sub: &str, options: &[Value]) -> Value {
    json!({"name": "memory", "type": 1, "options": [{"name": sub, "type": 1, "options": options}]})
}
