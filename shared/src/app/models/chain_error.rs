//! What to say when no model of a chain answered.

use std::time::Duration;

use crate::ports::ModelError;

/// Why the models that were tried so far did not answer.
#[derive(Default)]
pub(super) struct ChainError {
    first: Option<ModelError>,
    timed_out: bool,
    soonest: Option<Duration>,
}

impl ChainError {
    pub(super) fn add(&mut self, error: ModelError) {
        if let ModelError::RateLimited { retry_after: Some(wait) } = error {
            self.add_wait(wait);
        }
        self.timed_out |= error == ModelError::TimedOut;
        self.first.get_or_insert(error);
    }

    /// A model that is not to be asked for that long.
    pub(super) fn add_wait(&mut self, wait: Duration) {
        self.soonest = Some(self.soonest.map_or(wait, |soonest| soonest.min(wait)));
    }

    /// That one timed out, if one did: it can be asked for less at once (DESIGN rule 16). Else the soonest time to try again
    /// if there is one, else the first error.
    pub(super) fn into_error(self) -> ModelError {
        if self.timed_out {
            return ModelError::TimedOut;
        }
        match (self.soonest, self.first) {
            (Some(soonest), _) => ModelError::RateLimited { retry_after: Some(soonest) },
            (None, Some(first)) => first,
            (None, None) => ModelError::Unavailable { reason: "no model is configured".to_owned() },
        }
    }
}
