//! The errors a caller sees: a type to decide by, and a message that says what to do. Neither ever holds chat text, facts
//! or secrets (DESIGN rule 21).

use std::time::Duration;

use crate::{
    contract::{ErrorType, UnknownErrorType},
    domain::{FailedAttempt, RetryAfter},
    ports::{DiscordError, InvokeError, ModelError, StoreError},
};

/// An error as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What kind of error it is.
    pub kind: ErrorType,
    /// What was wrong and what to do.
    pub message: String,
    /// When it makes sense to try again, where that is known.
    pub retry_after: Option<Duration>,
}

impl AppError {
    /// An error without a time to retry.
    pub fn new(kind: ErrorType, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// The request names a field wrongly.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorType::InvalidRequest, message)
    }

    /// Seconds until it makes sense to try again, rounded up.
    pub(super) fn retry_after_s(&self) -> Option<u64> {
        self.retry_after.map(|wait| RetryAfter(wait).seconds())
    }

    /// An error of elsewhere: it arrives as a type and a message alone, and when to retry stands in the message. What is
    /// not one of ours (a panic, say) may quote anything, and its message is dropped (DESIGN rule 21).
    fn of_elsewhere(error_type: &str, message: String) -> Self {
        match error_type.parse() {
            Ok(kind) => {
                let retry_after = RetryAfter::at_the_end_of(&message).map(|RetryAfter(wait)| wait);
                Self { kind, message, retry_after }
            }
            Err(UnknownErrorType) => Self::new(ErrorType::Internal, "the function failed; its own log says why"),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Unavailable { .. } => ErrorType::StoreUnavailable,
            StoreError::Throttled | StoreError::Conflict => ErrorType::Throttled,
            StoreError::Refused { .. } | StoreError::Corrupt { .. } => ErrorType::Internal,
        };
        let advice = match kind {
            ErrorType::Internal => "",
            _ => "; nothing is lost, send the same request again",
        };
        Self::new(kind, format!("{error}{advice}"))
    }
}

impl From<ModelError> for AppError {
    fn from(error: ModelError) -> Self {
        let (kind, retry_after) = match &error {
            ModelError::RateLimited { retry_after } => (ErrorType::RateLimited, *retry_after),
            ModelError::DailyQuota => (ErrorType::RateLimited, None),
            ModelError::Blocked { .. } => (ErrorType::Blocked, None),
            ModelError::Unavailable { .. }
            | ModelError::TooLong
            | ModelError::Malformed
            | ModelError::Refused { .. } => (ErrorType::ModelUnavailable, None),
        };
        Self { kind, message: error.to_string(), retry_after }
    }
}

/// Of another function.
impl From<InvokeError> for AppError {
    fn from(error: InvokeError) -> Self {
        match error {
            InvokeError::Failed { error_type, message } => Self::of_elsewhere(&error_type, message),
            InvokeError::Throttled => Self::new(ErrorType::Throttled, error.to_string()),
            InvokeError::Unavailable { .. } => Self::new(ErrorType::Internal, error.to_string()),
        }
    }
}

/// Of somebody else's attempt.
impl From<&FailedAttempt> for AppError {
    fn from(failure: &FailedAttempt) -> Self {
        Self::of_elsewhere(&failure.error_type, failure.message.clone())
    }
}

impl From<DiscordError> for AppError {
    fn from(error: DiscordError) -> Self {
        let message = error.to_string();
        match error {
            DiscordError::RateLimited { retry_after, .. } => {
                Self { kind: ErrorType::RateLimited, message, retry_after: Some(retry_after) }
            }
            _ => Self::new(ErrorType::Internal, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_limit_says_when_to_come_back() {
        let error = AppError::from(ModelError::RateLimited { retry_after: Some(Duration::from_secs(20)) });
        assert_eq!(error.to_string(), "the model's rate limit is reached; retry in 20 s");
        assert_eq!(error.retry_after, Some(Duration::from_secs(20)));

        let invoked = InvokeError::Failed { error_type: error.kind.to_string(), message: error.message.clone() };
        assert_eq!(AppError::from(invoked), error);
    }
}
