//! Language models, and what is known about their limits.

use std::{collections::BTreeMap, future::Future, time::Duration};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::prompt::Prompt;

/// What a model wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The text, thoughts left out.
    pub text: String,
    /// The model that wrote it, as configured (`gemini:name`).
    pub model: String,
    /// Tokens the model counted, prompt and answer.
    pub tokens: u64,
}

/// Why a model did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Its quota is used up.
    #[error("the model's rate limit is reached{}", retry_words(*.retry_after))]
    RateLimited {
        /// When it can be asked again, if it said so.
        retry_after: Option<Duration>,
    },
    /// Its quota for the day is used up, until the next midnight in Los Angeles.
    #[error("the model's daily quota is used up")]
    DailyQuota,
    /// It cannot be reached, failed, took too long, or wrote what cannot be used.
    #[error("the model is unavailable: {reason}")]
    Unavailable {
        /// What happened, without prompt or answer.
        reason: String,
    },
    /// Its filter refuses the prompt or the answer.
    #[error("the model's filter refused ({reason})")]
    Blocked {
        /// The filter's own word.
        reason: String,
    },
    /// The answer was longer than allowed.
    #[error("the model's answer was cut off at its length limit")]
    Truncated,
    /// It refuses the request itself: a wrong key, an unknown model.
    #[error("the model refused the request: {reason}")]
    Refused {
        /// What happened, without prompt or answer.
        reason: String,
    },
}

fn retry_words(retry_after: Option<Duration>) -> String {
    retry_after.map(|wait| format!("; retry in {} s", wait.as_millis().div_ceil(1_000))).unwrap_or_default()
}

/// Asks a language model.
pub trait LanguageModel: Send + Sync {
    /// One question, one answer.
    fn generate(&self, prompt: &Prompt) -> impl Future<Output = Result<Answer, ModelError>> + Send;
}

/// Remembers which models are to be left alone for a while; all Lambdas share it (DESIGN rule 10).
pub trait CoolModels: Send + Sync {
    /// Until when each of `models` is to be left alone; those that are not are left out.
    fn cooldowns(
        &self,
        models: &[String],
    ) -> impl Future<Output = Result<BTreeMap<String, Timestamp>, StoreError>> + Send;

    /// Leaves a model alone until then. An end that is later already stays.
    fn cool_down(&self, model: &str, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}
