//! What a second try of slow calls brings, and what it costs: a model of which one call in twenty takes twenty times as long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use guild_memory::{
    adapters::SystemClock,
    app::ModelChain,
    domain::{
        Limits, Priority, Usage,
        prompt::{AnswerFormat, Prompt},
    },
    ports::{LanguageModel, ModelResponse},
    testing::{InMemoryStore, model_response},
};
use serde::Serialize;

use crate::stats::{ms, percentile};

const CALLS: u64 = 400;
/// A call, in real time; one of so many takes so many times as long.
const CALL: Duration = Duration::from_millis(5);
const SLOW: u32 = 20;

/// What calls of such a model take.
#[derive(Clone, Debug, Serialize)]
pub struct SlowCalls {
    /// Whether slow ones are tried a second time.
    pub hedged: bool,
    /// How many questions there were.
    pub questions: u64,
    /// How many calls they took.
    pub calls: u64,
    /// Half of the questions were answered in this many times the usual time of a call.
    pub p50: f64,
    /// 99 of 100 were.
    pub p99: f64,
}

/// Asks so many questions one after the other, with second tries and without.
pub async fn ask() -> Result<[SlowCalls; 2]> {
    Ok([of(false).await?, of(true).await?])
}

async fn of(hedged: bool) -> Result<SlowCalls> {
    let limits = Limits { hedge: hedged, ..Limits::default() };
    let chain = ModelChain::new(vec![(Tailed::default(), limits)], InMemoryStore::default(), SystemClock);
    let (mut took, mut usage) = (Vec::new(), Usage::default());
    for _ in 0..CALLS {
        let prompt = Prompt {
            instructions: "",
            data: String::new(),
            answer: AnswerFormat::Text,
            members: 0,
            priority: Priority::Normal,
        };
        let begun = Instant::now();
        let response = chain.generate(&prompt).await;
        took.push(ms(begun.elapsed()) / ms(CALL));
        ensure!(response.outcome.is_ok(), "a call failed");
        usage += response.usage;
    }
    let calls = u64::from(usage.calls);
    Ok(SlowCalls { hedged, questions: CALLS, calls, p50: percentile(&took, 50.0), p99: percentile(&took, 99.0) })
}

/// A model of which one call in twenty is slow, whatever it is asked.
#[derive(Default)]
struct Tailed(Arc<AtomicU64>);

impl LanguageModel for Tailed {
    fn name(&self) -> String {
        "gemini:bench".to_owned()
    }

    async fn generate(&self, _: &Prompt) -> ModelResponse {
        let is_slow = self.0.fetch_add(1, Ordering::Relaxed) % u64::from(SLOW) == u64::from(SLOW) - 1;
        tokio::time::sleep(if is_slow { CALL * SLOW } else { CALL }).await;
        model_response("gemini:bench", Ok("an answer".to_owned()))
    }
}
