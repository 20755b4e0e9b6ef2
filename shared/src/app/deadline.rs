//! How long a request may take (DESIGN rule 11).

use std::time::Duration;

use tokio::time::Instant;

/// What a Lambda keeps of its own time to write its answer.
const ANSWER_MARGIN: Duration = Duration::from_secs(2);
/// A model call ends at least this long before the Lambda does, so that its answer can be kept.
const MODEL_MARGIN: Duration = Duration::from_secs(5);
/// The moment before that.
const STOP_MARGIN: Duration = Duration::from_millis(100);

/// When to answer, and until when a model may be asked.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    answer_at: Instant,
    model_until: Instant,
}

impl Deadline {
    /// The deadline of a Lambda that is stopped after `remaining`, for a caller who waits for `max_wait` at the most.
    pub fn new(remaining: Duration, max_wait: Option<Duration>) -> Self {
        let own = remaining.saturating_sub(ANSWER_MARGIN);
        let now = Instant::now();
        Self {
            answer_at: now + max_wait.map_or(own, |wait| wait.min(own)),
            model_until: now + remaining.saturating_sub(MODEL_MARGIN),
        }
    }

    /// The same deadline for who does not wait longer than that.
    pub(super) fn at_most(self, wait: Duration) -> Self {
        Self { answer_at: self.answer_at.min(Instant::now() + wait), ..self }
    }

    /// Waits until it is time to answer.
    pub async fn reached(self) {
        tokio::time::sleep_until(self.answer_at).await;
    }

    /// The same deadline for work that asks models: it ends a moment before no model may be asked any more, so that it is
    /// stopped, and does not fail.
    pub(super) fn of_models(self) -> Self {
        let stop = self.model_until.checked_sub(STOP_MARGIN).unwrap_or(self.model_until);
        Self { answer_at: self.answer_at.min(stop), ..self }
    }

    /// Whether it is time to answer.
    pub fn is_reached(self) -> bool {
        Instant::now() >= self.answer_at
    }

    /// How long it is until then.
    pub fn left(self) -> Duration {
        self.answer_at.saturating_duration_since(Instant::now())
    }

    /// How long a model may still be asked: no call is begun, and none goes on, that cannot be kept.
    pub(super) fn model_time_left(self) -> Duration {
        self.model_until.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rule_11_the_caller_or_the_lambda_whichever_ends_first() {
        let seconds = Duration::from_secs;
        for (remaining, max_wait, expected) in [(30, None, 28), (30, Some(5), 5), (30, Some(60), 28), (1, None, 0)] {
            let (started, deadline) = (Instant::now(), Deadline::new(seconds(remaining), max_wait.map(seconds)));
            assert_eq!(deadline.left(), seconds(u64::try_from(expected).unwrap()));
            deadline.reached().await;
            assert!(deadline.is_reached() && deadline.left().is_zero());
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
        assert!(!deadline.model_time_left().is_zero());
    }
}
