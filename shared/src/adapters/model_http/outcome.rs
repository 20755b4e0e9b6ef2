//! What an answer means for who asked.

use reqwest::StatusCode;

use crate::{
    domain::Usage,
    ports::{Completion, ModelError, ModelResponse},
};

pub(in crate::adapters) fn unavailable(reason: &str) -> ModelError {
    ModelError::Unavailable { reason: reason.to_owned() }
}

/// What came of one call.
pub(in crate::adapters) fn response(model: &str, outcome: Result<String, ModelError>, tokens: Usage) -> ModelResponse {
    ModelResponse {
        usage: Usage { calls: 1, failures: u32::from(outcome.is_err()), ..tokens },
        outcome: outcome.map(|text| Completion { text, model: model.to_owned() }),
    }
}

/// A status that says the request is not at fault, and could pass another time.
pub(in crate::adapters) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT)
}

/// What a status says that only the operator can change.
pub(in crate::adapters) fn refused(status: StatusCode) -> ModelError {
    let advice = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "check the API key",
        StatusCode::NOT_FOUND => "check the model's name and the base URL",
        StatusCode::PAYMENT_REQUIRED => "the account has no credit left",
        _ => "check the API key, the model's name and its options",
    };
    ModelError::Refused { reason: format!("{status}; {advice}") }
}
