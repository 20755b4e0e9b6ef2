//! How an error leaves a function: `{"errorType","errorMessage"}`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

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
        use ErrorType::{
            Blocked, Internal, InvalidRequest, ModelUnavailable, RateLimited, StoreUnavailable, Throttled,
        };
        [InvalidRequest, RateLimited, ModelUnavailable, Blocked, StoreUnavailable, Throttled, Internal]
            .into_iter()
            .find(|kind| kind.to_string() == text)
            .ok_or(UnknownErrorType)
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
            "Internal",
        ] {
            assert_eq!(kind.parse::<ErrorType>().unwrap().to_string(), kind);
            assert_eq!(serde_json::to_string(&kind.parse::<ErrorType>().unwrap()).unwrap(), format!("\"{kind}\""));
        }
    }
}
