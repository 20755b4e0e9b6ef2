//! What came of one attempt to run a function, and how AWS says it.

use axum::{
    Json,
    body::Bytes,
    http::{HeaderName, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::script::Ending;

/// The largest answer a caller can get.
const MAX_ANSWER: usize = 6 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Answered(Bytes),
    /// With `{"errorType", "errorMessage"}`.
    FunctionError(Bytes),
    Unreachable(String),
}

impl Outcome {
    /// From the emulator's answer: 200 is an answer, and 500 is what the function reported as its error.
    pub(super) fn of(status: StatusCode, body: Bytes) -> Self {
        match status {
            StatusCode::OK if body.len() > MAX_ANSWER => {
                let message =
                    format!("Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes).");
                Self::error("Function.ResponseSizeTooLarge", &message)
            }
            StatusCode::OK => Self::Answered(body),
            StatusCode::INTERNAL_SERVER_ERROR => Self::FunctionError(body),
            _ => Self::Unreachable(format!("the emulator answered {status}: {}", String::from_utf8_lossy(&body))),
        }
    }

    pub(super) fn error(kind: &str, message: &str) -> Self {
        Self::FunctionError(json!({"errorType": kind, "errorMessage": message}).to_string().into())
    }

    pub(super) fn ending(&self) -> Ending {
        match self {
            Self::Answered(_) => Ending::Answered,
            Self::FunctionError(body) => Ending::FunctionError(error_type(body)),
            Self::Unreachable(_) => Ending::Unreachable,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Answered(body) | Self::FunctionError(body) => String::from_utf8_lossy(body).into_owned(),
            Self::Unreachable(reason) => reason.clone(),
        }
    }

    /// The answer to a caller that waited.
    pub(super) fn into_response(self, request_id: &str) -> Response {
        let id = [(HeaderName::from_static("x-amzn-requestid"), request_id.to_owned())];
        let version = [(HeaderName::from_static("x-amz-executed-version"), "$LATEST")];
        let json_type = [(CONTENT_TYPE, "application/json")];
        match self {
            Self::Answered(body) => (id, version, json_type, body).into_response(),
            Self::FunctionError(body) => {
                let unhandled = [(HeaderName::from_static("x-amz-function-error"), "Unhandled")];
                (id, version, unhandled, json_type, body).into_response()
            }
            Self::Unreachable(reason) => {
                let kind = [(HeaderName::from_static("x-amzn-errortype"), "ServiceException")];
                (StatusCode::BAD_GATEWAY, id, kind, Json(json!({"Type": "Service", "Message": reason}))).into_response()
            }
        }
    }
}

fn error_type(body: &Bytes) -> String {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    error["errorType"].as_str().unwrap_or("unknown").to_owned()
}
