//! Why a piece of a day says nothing.

use crate::{
    app::AppError,
    ports::{ModelError, StoreError},
};

/// Why there is no answer about a piece.
#[derive(Debug)]
pub(in crate::app::summarize_day) enum Unsolved {
    /// It failed.
    Failed(AppError),
    /// There was no turn at the model in time (DESIGN rule 34): nothing is wrong with the day.
    Late,
}

impl From<AppError> for Unsolved {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<ModelError> for Unsolved {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::NoTurn => Self::Late,
            error => Self::Failed(error.into()),
        }
    }
}

impl From<StoreError> for Unsolved {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Of two reasons, the one that says for longer when not to come back; else the first that is a failure.
pub(super) fn worse(first: Unsolved, second: Unsolved) -> Unsolved {
    match (&first, &second) {
        (Unsolved::Failed(one), Unsolved::Failed(other)) if one.retry_after < other.retry_after => second,
        (Unsolved::Late, _) => second,
        _ => first,
    }
}
