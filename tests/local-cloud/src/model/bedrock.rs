//! The wire format of Bedrock's `Converse`, as far as this project speaks it.

use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{End, Quota, Request, Wire, tokens};
use crate::http::rest_error;

/// Whether a request is signed as AWS wants it for this service. By whom is not looked at.
pub(super) fn is_signed(headers: &HeaderMap) -> bool {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    authorization.starts_with("AWS4-HMAC-SHA256 ") && authorization.contains("/bedrock/aws4_request")
}

pub(super) fn read(body: &Bytes) -> Result<Request, String> {
    let body: Body = serde_json::from_slice(body).map_err(|error| format!("Malformed input request: {error}"))?;
    match &*body.messages {
        [message] if message.role == "user" => {
            Ok(Request { system: said(&body.system), prompt: said(&message.content) })
        }
        _ => Err("A conversation must start with a user message. Try again with a conversation of one.".to_owned()),
    }
}

#[derive(Debug, Deserialize)]
struct Body {
    messages: Vec<Message>,
    #[serde(default)]
    system: Vec<Block>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: Vec<Block>,
}

#[derive(Debug, Deserialize)]
struct Block {
    text: String,
}

fn said(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// What every answer to one request has in common.
pub(super) struct Bedrock<'a> {
    pub(super) request: &'a Request,
}

impl Wire for Bedrock<'_> {
    fn answer(&self, text: Option<&str>, end: End) -> Value {
        let stop_reason = match end {
            End::Stop => "end_turn",
            End::Filter => "content_filtered",
            End::Limit => "max_tokens",
        };
        self.with_usage(text, stop_reason)
    }

    /// As a guardrail says it: its own words, in the place of an answer.
    fn blocked(&self) -> Response {
        let words = "Sorry, the model cannot answer this question.";
        Json(self.with_usage(Some(words), "guardrail_intervened")).into_response()
    }

    fn over(&self, quota: Quota) -> Response {
        let (words, seconds) = match quota {
            Quota::Minute(seconds) => ("Too many requests, please wait before trying again.", Some(seconds)),
            Quota::Day => ("Too many tokens per day, please wait before trying again.", None),
        };
        let mut response = failure(429, words);
        // Amazon does not say when; a script that does is obeyed all the same.
        response.headers_mut().extend(seconds.map(|seconds| (RETRY_AFTER, seconds.into())));
        response
    }

    fn failure(&self, status: u16, message: &str) -> Response {
        failure(status, message)
    }
}

impl Bedrock<'_> {
    fn with_usage(&self, text: Option<&str>, stop_reason: &str) -> Value {
        let content: Vec<Value> = text.iter().map(|text| json!({"text": text})).collect();
        let input = tokens(&self.request.system) + tokens(&self.request.prompt);
        let output = tokens(text.unwrap_or_default());
        json!({
            "metrics": {"latencyMs": 1},
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop_reason,
            "usage": {"inputTokens": input, "outputTokens": output, "totalTokens": input + output},
        })
    }
}

/// An error in Bedrock's format.
pub(super) fn failure(status: u16, message: &str) -> Response {
    let exception = match status {
        400 => "ValidationException",
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        _ => "InternalServerException",
    };
    rest_error(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), exception, message)
}

/// Nobody has signed it.
pub(super) fn unsigned() -> Response {
    rest_error(StatusCode::FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token")
}
