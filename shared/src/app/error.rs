//! What callers see of what failed below.

use crate::{
    contract::{AppError, ErrorType},
    domain::FailedAttempt,
    ports::{DiscordError, InvokeError, ModelError, NO_CREDIT_COOLDOWN, StoreError},
};

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
            ModelError::NoCredit { .. } => (ErrorType::RateLimited, Some(NO_CREDIT_COOLDOWN)),
            ModelError::Blocked { .. } => (ErrorType::Blocked, None),
            ModelError::NoTurn => (ErrorType::Throttled, None),
            ModelError::TimedOut
            | ModelError::Unavailable { .. }
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
    use std::time::Duration;

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
