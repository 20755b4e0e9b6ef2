//! A model that is not there, or does not do what it should.

use crate::ports::ModelError;

/// It could pass another time; `reason` is without prompt and answer.
pub(in crate::adapters) fn unavailable(reason: &str) -> ModelError {
    ModelError::Unavailable { reason: reason.to_owned() }
}
