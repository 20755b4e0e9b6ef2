//! The body of a refusal, which routers also put into an answer.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::adapters::model_http::lenient;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    error: Option<ApiError>,
    /// vLLM's older form has no `error` around it.
    #[serde(flatten)]
    bare: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "lenient")]
    code: Value,
    #[serde(deserialize_with = "lenient")]
    metadata: Metadata,
}

/// What OpenRouter adds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(deserialize_with = "lenient")]
    headers: MetadataHeaders,
    #[serde(deserialize_with = "lenient")]
    reasons: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MetadataHeaders {
    /// Epoch milliseconds.
    #[serde(rename = "X-RateLimit-Reset", deserialize_with = "lenient")]
    reset: String,
}

impl ErrorBody {
    pub(super) fn into_error(self) -> ApiError {
        self.error.unwrap_or(self.bare)
    }
}

impl ApiError {
    /// The HTTP status it names, or 502: whatever stands between us and the model has failed.
    pub(super) fn status(&self) -> StatusCode {
        let code = self.code.as_u64().and_then(|code| u16::try_from(code).ok());
        let status = code.and_then(|code| StatusCode::from_u16(code).ok());
        status.filter(|status| status.is_client_error() || status.is_server_error()).unwrap_or(StatusCode::BAD_GATEWAY)
    }

    fn says(&self, word: &str) -> bool {
        self.code == word || self.kind == word
    }

    pub(super) fn is_about_credit(&self) -> bool {
        self.says("insufficient_quota")
    }

    pub(super) fn is_about_moderation(&self) -> bool {
        self.metadata.reasons.is_some()
    }

    /// The prompt is longer than the model reads; each server says so in its own way.
    pub(super) fn is_about_length(&self) -> bool {
        self.says("context_length_exceeded")
            || self.says("exceed_context_size_error")
            || self.message.contains("maximum context length")
    }

    /// When a router's own quota is there again.
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let reset = Timestamp::from_millisecond(self.metadata.headers.reset.parse().ok()?).ok()?;
        Duration::try_from(reset.duration_since(now)).ok()
    }
}
