//! How an error leaves a function, `{"errorType","errorMessage"}`: a type to decide by, and a message that says what to do.
//! Neither ever holds chat text, facts or secrets (DESIGN rule 21).

use std::{fmt, str::FromStr, time::Duration};

use serde::{
    Deserialize, Serialize,
    de::{IntoDeserializer as _, value::StrDeserializer},
};

use crate::domain::{GuildId, RetryAfter};

/// What kind of error it is; the `errorType` of a failed invocation (DESIGN section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorType {
    /// The request cannot be fulfilled as it is.
    InvalidRequest,
    /// The model's quota is used up.
    RateLimited,
    /// The model cannot be reached, or wrote what cannot be used.
    ModelUnavailable,
    /// The model's filter refused.
    Blocked,
    /// The store cannot be reached, or failed.
    StoreUnavailable,
    /// Too many requests at once.
    Throttled,
    /// Which channels of the guild are open is not known, so that nothing may be told (DESIGN rule 26).
    AudienceUnknown,
    /// A defect of this product.
    Internal,
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The text is none of the error types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownErrorType;

impl FromStr for ErrorType {
    type Err = UnknownErrorType;

    fn from_str(text: &str) -> Result<Self, UnknownErrorType> {
        let name: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
        Self::deserialize(name).map_err(|_| UnknownErrorType)
    }
}

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

    /// Nobody has asked Discord of late what the audience of `guild` may read.
    pub(crate) fn audience_unknown(guild: GuildId) -> Self {
        let message = format!(
            "which channels of guild {guild} are open to its audience is not known: they were not read from Discord for 15 \
             minutes; see the log of sync_messages, and whether DISCORD_GUILDS names the guild"
        );
        Self::new(ErrorType::AudienceUnknown, message)
    }

    /// Seconds until it makes sense to try again, rounded up.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.retry_after.map(|wait| RetryAfter(wait).seconds())
    }

    /// An error of elsewhere: it arrives as a type and a message alone, and when to retry stands in the message. What is
    /// not one of ours (a panic, say) may quote anything, and its message is dropped (DESIGN rule 21).
    pub(crate) fn of_elsewhere(error_type: &str, message: String) -> Self {
        match error_type.parse() {
            Ok(kind) => {
                let retry_after = RetryAfter::at_the_end_of(&message).map(|RetryAfter(wait)| wait);
                Self { kind, message, retry_after }
            }
            Err(UnknownErrorType) => Self::new(ErrorType::Internal, "the function failed; its own log says why"),
        }
    }
}

/// The payload of a failed invocation. What is not one of this product's errors (a panic, a timeout) has the same shape,
/// and another type.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// An [`ErrorType`], or what Lambda calls it.
    pub error_type: String,
    /// What was wrong and what to do.
    #[serde(default)]
    pub error_message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_as_it_is_written() {
        for kind in [
            "InvalidRequest",
            "RateLimited",
            "ModelUnavailable",
            "Blocked",
            "StoreUnavailable",
            "Throttled",
            "AudienceUnknown",
            "Internal",
        ] {
            assert_eq!(kind.parse::<ErrorType>().unwrap().to_string(), kind);
            assert_eq!(serde_json::to_string(&kind.parse::<ErrorType>().unwrap()).unwrap(), format!("\"{kind}\""));
        }
    }
}
