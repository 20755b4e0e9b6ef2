//! Which of several errors a caller is told.

use crate::app::AppError;

/// Of two errors, the one that says for longer when not to come back; else the first.
pub(super) fn worse(first: AppError, second: AppError) -> AppError {
    if first.retry_after >= second.retry_after { first } else { second }
}
