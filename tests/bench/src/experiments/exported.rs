//! What it costs a warm request that its spans are sent to a collector: the same requests of two clouds, one of which exports.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use serde::Serialize;

use super::warm::{cpu_of_all, fill};
use crate::{
    stats::{ms, percentile},
    window::Window,
    world::{Guild, Setting, World},
};

const PEOPLE: usize = 5;
/// Requests of each cloud before those that count.
const UNMEASURED: usize = 50;
/// In how many blocks it is asked back to back.
const BLOCKS: usize = 10;
/// How long the spans of a request may be on their way.
const LIMIT: Duration = Duration::from_secs(5);

/// Warm requests, with spans that are exported or without.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    /// Whether the functions have an endpoint to send spans to.
    pub exports: bool,
    /// How many people were asked for.
    pub people: usize,
    /// Requests that came when the process had nothing else to do.
    pub requests: usize,
    /// Half of these took at most this until they were answered.
    pub p50_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
    /// The same of requests that come one upon the other, and so wait until the spans of the one before are sent.
    pub back_to_back_p50_ms: f64,
    /// Processor time of the function's process for each of these.
    pub cpu_ms: f64,
}

/// Asks both clouds in turn, so that whatever slows the machine down counts for both: first with time between requests, then
/// without.
pub async fn ask(binaries: &Path, window: Window, requests: usize) -> Result<Vec<Exported>> {
    let mut clouds = Vec::new();
    for exports in [false, true] {
        let world = World::with(binaries, 1, 1, &Setting { exports, ..Setting::default() })?;
        let guild = fill(&world, window).await?;
        clouds.push(Cloud { exports, world, guild, took: Vec::new(), back_to_back: Vec::new(), cpu_ms: 0.0 });
    }
    for n in 0..UNMEASURED + requests {
        for cloud in &mut clouds {
            let took = cloud.ask_alone().await?;
            cloud.took.extend((n >= UNMEASURED).then_some(took));
        }
    }
    for _ in 0..BLOCKS {
        for cloud in &mut clouds {
            cloud.ask_back_to_back(requests / BLOCKS).await?;
        }
    }
    Ok(clouds.iter().map(Cloud::measured).collect())
}

struct Cloud {
    exports: bool,
    world: World,
    guild: Guild,
    took: Vec<f64>,
    back_to_back: Vec<f64>,
    cpu_ms: f64,
}

impl Cloud {
    /// One request, in milliseconds.
    async fn ask(&self) -> Result<f64> {
        let users = self.guild.users(PEOPLE);
        let started = Instant::now();
        self.guild.ask(&self.world, &users).await?;
        Ok(ms(started.elapsed()))
    }

    /// One request, and the sending of its spans behind it.
    async fn ask_alone(&self) -> Result<f64> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let took = self.ask().await?;
        let have_come = async {
            while self.exports
                && !self.world.cloud.traces().requests(1).iter().any(|last| u128::from(last.began) >= since)
            {
                tokio::time::sleep(Duration::from_micros(200)).await; // between two looks
            }
        };
        tokio::time::timeout(LIMIT, have_come).await.context("the spans of a request did not come")?;
        Ok(took)
    }

    async fn ask_back_to_back(&mut self, requests: usize) -> Result<()> {
        let before = cpu_of_all(&self.world)?;
        for _ in 0..requests {
            let took = self.ask().await?;
            self.back_to_back.push(took);
        }
        self.ask_alone().await?; // until the spans of all have been sent
        self.cpu_ms += cpu_of_all(&self.world)? - before;
        Ok(())
    }

    fn measured(&self) -> Exported {
        Exported {
            exports: self.exports,
            people: PEOPLE,
            requests: self.took.len(),
            p50_ms: percentile(&self.took, 50.0),
            p99_ms: percentile(&self.took, 99.0),
            back_to_back_p50_ms: percentile(&self.back_to_back, 50.0),
            cpu_ms: self.cpu_ms / (self.back_to_back.len() + BLOCKS) as f64,
        }
    }
}
