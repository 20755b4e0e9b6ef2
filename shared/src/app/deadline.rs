//! How long a request may take (DESIGN rule 11).

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, Reply},
};

/// What a Lambda keeps of its own time to write its answer.
const TO_ANSWER: Duration = Duration::from_secs(2);
/// A model call ends at least this long before the Lambda does, so that its answer can be kept.
const TO_KEEP: Duration = Duration::from_secs(5);
/// The moment before that.
const TO_STOP: Duration = Duration::from_millis(100);

/// When to answer, and until when a model may be asked.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    answer_at: Instant,
    model_until: Instant,
}

impl Deadline {
    /// The deadline of a Lambda that is stopped after `remaining`, for a caller who waits for `max_wait` at the most.
    pub fn new(remaining: Duration, max_wait: Option<Duration>) -> Self {
        let own = remaining.saturating_sub(TO_ANSWER);
        let now = Instant::now();
        Self {
            answer_at: now + max_wait.map_or(own, |wait| wait.min(own)),
            model_until: now + remaining.saturating_sub(TO_KEEP),
        }
    }

    /// Waits until it is time to answer.
    pub async fn reached(self) {
        tokio::time::sleep_until(self.answer_at).await;
    }

    /// The same deadline for work that asks models: it ends a moment before no model may be asked any more, so that it is
    /// stopped, and does not fail.
    pub(super) fn of_models(self) -> Self {
        let stop = self.model_until.checked_sub(TO_STOP).unwrap_or(self.model_until);
        Self { answer_at: self.answer_at.min(stop), ..self }
    }

    /// Whether it is time to answer.
    pub fn is_reached(self) -> bool {
        Instant::now() >= self.answer_at
    }

    /// Asks a model, for as long as there is time: no call is begun that cannot be kept.
    pub(super) async fn ask<M: LanguageModel>(self, model: &M, prompt: &Prompt) -> Reply {
        let out_of_time = |usage| {
            let reason = "no time is left to ask it".to_owned();
            Reply { outcome: Err(ModelError::Unavailable { reason }), usage }
        };
        let left = self.model_until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return out_of_time(Usage::default());
        }
        let asked = tokio::time::timeout(left, model.generate(prompt)).await;
        asked.unwrap_or_else(|_| out_of_time(Usage::FAILED_CALL))
    }
}

/// A Lambda's remaining time: what its context says, or its whole timeout where that makes no sense.
pub fn remaining(context_deadline_ms: u64, now_ms: u64, timeout: Duration) -> Duration {
    let said = Duration::from_millis(context_deadline_ms.saturating_sub(now_ms));
    if said.is_zero() || said > timeout { timeout } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Priority, prompt::AnswerFormat},
        testing::ScriptedModel,
    };

    fn prompt() -> Prompt {
        let priority = Priority::Normal;
        Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Text, priority }
    }

    #[test]
    fn rule_11_a_remaining_time_that_makes_no_sense_counts_as_the_timeout() {
        let timeout = Duration::from_secs(180);
        let now = 1_800_000_000_000;
        assert_eq!(remaining(now + 20_000, now, timeout), Duration::from_secs(20));
        assert_eq!(remaining(180_000, now, timeout), timeout, "the emulator counts from 1970");
        assert_eq!(remaining(now + 400_000, now, timeout), timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_the_caller_or_the_lambda_whichever_ends_first() {
        let seconds = Duration::from_secs;
        for (remaining, max_wait, expected) in [(30, None, 28), (30, Some(5), 5), (30, Some(60), 28), (1, None, 0)] {
            let (started, deadline) = (Instant::now(), Deadline::new(seconds(remaining), max_wait.map(seconds)));
            deadline.reached().await;
            assert!(deadline.is_reached());
            let waited = started.elapsed().as_secs_f64();
            assert!((waited - f64::from(expected)).abs() < 0.01, "{waited} is not {expected}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_work_that_asks_models_is_stopped_before_it_would_fail() {
        let deadline = Deadline::new(Duration::from_secs(30), None).of_models();
        let started = Instant::now();
        deadline.reached().await;
        assert!(started.elapsed() < Duration::from_secs(25) && started.elapsed() > Duration::from_secs(24));
        let model = ScriptedModel::answering("in time");
        assert!(deadline.ask(&model, &prompt()).await.outcome.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_no_model_call_goes_on_to_the_last_five_seconds() {
        let model = ScriptedModel::answering("in time").taking(Duration::from_secs(10));
        let prompt = prompt();
        let ask = async |seconds| {
            Deadline::new(Duration::from_secs(seconds), None).ask(&model, &prompt).await.outcome.is_ok()
        };
        assert!(ask(16).await);
        assert!(!ask(14).await, "it would end 4 seconds before the Lambda does");
        assert!(!ask(5).await);
        assert_eq!(model.asked().len(), 2, "the last one is not even begun");
    }
}
