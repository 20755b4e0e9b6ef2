//! Language models, and what is known about their limits.

use std::{collections::BTreeMap, future::Future, time::Duration};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{Allowance, Cooldown, Limits, Line, Pace, RetryAfter, Usage, prompt::Prompt};

/// What a model wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, thoughts left out.
    pub text: String,
    /// The model that wrote it, as configured (`gemini:name`).
    pub model: String,
    /// Whether the model came to its end, as far as anybody knows.
    pub is_whole: bool,
}

/// What came of a question, and what it cost: a failure can cost as much as an answer.
pub struct ModelResponse {
    /// The answer, or why there is none.
    pub outcome: Result<Completion, ModelError>,
    /// The calls it took.
    pub usage: Usage,
}

/// How much a model can be asked for (DESIGN rule 33).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// How fast it writes.
    pub pace: Pace,
    /// How long a call may take, how many it answers at a time, and what may be spent on it.
    pub limits: Limits,
}

/// An account without credit does not get one in a minute.
pub const NO_CREDIT_COOLDOWN: Duration = Duration::from_secs(3_600);

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
    /// The account has nothing left to pay with. It is left alone for an hour.
    #[error("the model's account cannot pay: {reason}; {}", RetryAfter(NO_CREDIT_COOLDOWN))]
    NoCredit {
        /// What its operator has to do about.
        reason: String,
    },
    /// Its time for a call ran out (`timeout`, `MODEL_TIMEOUT_MS`). Asked for less, it may answer.
    #[error(
        "the model is unavailable: it did not answer in time; give its calls longer: timeout=SECONDS behind its name, or \
         MODEL_TIMEOUT_MS"
    )]
    TimedOut,
    /// It cannot be reached, failed, or wrote nothing.
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
    /// The prompt or the answer is longer than the model takes.
    #[error("prompt and answer are longer than the model's limit")]
    TooLong,
    /// It wrote what is not in the format that was asked for.
    #[error("the model's answer is not in the format that was asked for")]
    Malformed,
    /// It answers only so many calls at a time, and others went before for as long as there was time, or its turn ran out
    /// during the call (DESIGN rule 34). Another request may have more luck.
    #[error("the model was answering others for as long as there was time; ask again")]
    NoTurn,
    /// It refuses the request itself: a wrong key, an unknown model.
    #[error("the model refused the request: {reason}")]
    Refused {
        /// What happened, without prompt or answer.
        reason: String,
    },
}

impl ModelError {
    /// What kind of failure it is, in one word for logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::DailyQuota => "daily_quota",
            Self::NoCredit { .. } => "no_credit",
            Self::TimedOut => "timed_out",
            Self::Unavailable { .. } => "unavailable",
            Self::Blocked { .. } => "blocked",
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::NoTurn => "no_turn",
            Self::Refused { .. } => "refused",
        }
    }
}

fn retry_words(retry_after: Option<Duration>) -> String {
    retry_after.map(|wait| format!("; {}", RetryAfter(wait))).unwrap_or_default()
}

/// Asks a language model.
pub trait LanguageModel: Send + Sync {
    /// Names whoever may answer, as configured: answers of others are not the same.
    fn name(&self) -> String;

    /// The error of a question that nobody would be asked, because all cool down; `None` if somebody may be.
    fn refusal(&self) -> impl Future<Output = Option<ModelError>> + Send {
        async { None }
    }

    /// What one question may ask for; of a chain, what may be asked of its first model. Without anything known, the usual.
    fn capacity(&self) -> impl Future<Output = Capacity> + Send {
        async { Capacity::default() }
    }

    /// One question, one answer.
    fn generate(&self, prompt: &Prompt) -> impl Future<Output = ModelResponse> + Send;

    /// The same, of whoever has to wait for a turn: for somebody whose time is up after `left`, so that a call is begun only
    /// if there is time for it. It is for the caller to stop it then.
    fn generate_within(&self, prompt: &Prompt, left: Duration) -> impl Future<Output = ModelResponse> + Send {
        let _ = left; // nobody has to wait
        self.generate(prompt)
    }
}

/// Remembers which models are to be left alone for a while; all Lambdas share it (DESIGN rule 10).
pub trait CoolModels: Send + Sync {
    /// Until when each of `models` is to be left alone; those that are not are left out.
    fn cooldowns(
        &self,
        models: &[String],
    ) -> impl Future<Output = Result<BTreeMap<String, Timestamp>, StoreError>> + Send;

    /// Leaves a model alone. An end that is later already stays, with its reason.
    fn cool_down(&self, model: &str, cooldown: &Cooldown) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Looks after cooldowns, for who operates the product.
pub trait ManageCooldowns: CoolModels {
    /// The cooldowns of `models` with their reasons, over or not.
    fn cooldowns_with_reasons(
        &self,
        models: &[String],
    ) -> impl Future<Output = Result<BTreeMap<String, Cooldown>, StoreError>> + Send;

    /// Ends a cooldown, if there is one.
    fn end_cooldown(&self, model: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spending {
    /// It is counted.
    Counted,
    /// It would exceed what is allowed, and is not counted.
    Refused {
        /// When it is allowed again.
        until: Timestamp,
    },
}

/// Counts what is spent on models that have a budget; all Lambdas share it.
pub trait SpendBudget: Send + Sync {
    /// Counts a request of about `tokens` in the period of each allowance, unless one of them has no room for it. The first
    /// request of a period always has.
    fn spend(
        &self,
        model: &str,
        allowances: &[Allowance],
        tokens: u64,
    ) -> impl Future<Output = Result<Spending, StoreError>> + Send;

    /// Corrects the tokens of a request that was counted, by the difference to what it took.
    fn correct(
        &self,
        model: &str,
        allowances: &[Allowance],
        tokens: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes back a request of about `tokens` that was counted, and is not made after all.
    fn take_back(
        &self,
        model: &str,
        allowances: &[Allowance],
        tokens: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Reads what was spent on models that have a budget, for who operates the product.
pub trait ReadSpent: Send + Sync {
    /// The requests and the tokens that were counted for a model in the period of an allowance.
    fn spent(&self, model: &str, allowance: &Allowance) -> impl Future<Output = Result<(u64, u64), StoreError>> + Send;
}

/// Keeps who is answered by a model and who waits for it, where it answers only so many calls at a time; all Lambdas share
/// it (DESIGN rule 34).
pub trait KeepLines: Send + Sync {
    /// The line for a model; an empty one if nobody ever stood in it.
    fn line(&self, model: &str) -> impl Future<Output = Result<Line, StoreError>> + Send;

    /// Replaces the line by one that was made of what was read, `revision` included, which is one more afterwards.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was replaced since then.
    fn keep_line(&self, model: &str, line: &Line) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Keeps how fast models write; all Lambdas share it (DESIGN rule 33).
pub trait KeepPaces: Send + Sync {
    /// How fast a model writes; that of a usual one if nothing is known.
    fn pace(&self, model: &str) -> impl Future<Output = Result<Pace, StoreError>> + Send;

    /// Replaces it, whatever there is.
    fn keep_pace(
        &self,
        model: &str,
        pace: &Pace,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
