//! The wire format of `/chat/completions`, as far as this project speaks it.

use axum::{
    Json,
    body::Bytes,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{End, Quota, Request, Wire, tokens};

/// The model that is asked for, and what it is asked.
pub(super) fn read(body: &Bytes) -> Result<(String, Request), String> {
    let body: Body = serde_json::from_slice(body).map_err(|error| format!("could not parse the JSON body: {error}"))?;
    if body.stream {
        return Err("this server does not stream".to_owned());
    }
    let said = |role: &str| {
        let messages = body.messages.iter().filter(|message| message.role == role);
        messages.map(|message| message.content.as_str()).collect::<Vec<_>>().join("\n")
    };
    Ok((body.model.clone(), Request { system: said("system"), prompt: said("user") }))
}

#[derive(Debug, Deserialize)]
struct Body {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: String,
}

/// What every answer to one request has in common.
pub(super) struct OpenAi<'a> {
    pub(super) model: &'a str,
    pub(super) request: &'a Request,
    pub(super) number: u64,
}

impl Wire for OpenAi<'_> {
    fn answer(&self, text: Option<&str>, end: End) -> Value {
        let finish_reason = match end {
            End::Stop => "stop",
            End::Filter => "content_filter",
            End::Limit => "length",
        };
        let message = json!({"role": "assistant", "content": text, "refusal": null});
        let (prompt, completion) =
            (tokens(&self.request.system) + tokens(&self.request.prompt), tokens(text.unwrap_or_default()));
        json!({
            "id": format!("local-{}", self.number),
            "object": "chat.completion",
            "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion},
        })
    }

    fn blocked(&self) -> Response {
        let metadata = json!({"reasons": ["violence"], "provider_name": "local"});
        let error = json!({"code": 403, "message": "Your input was flagged", "metadata": metadata});
        (StatusCode::FORBIDDEN, Json(json!({"error": error}))).into_response()
    }

    fn over(&self, quota: Quota) -> Response {
        let (code, seconds) = match quota {
            Quota::Minute(seconds) => ("rate_limit_exceeded", Some(seconds)),
            Quota::Day => ("insufficient_quota", None),
        };
        let mut response = error(StatusCode::TOO_MANY_REQUESTS, code, "You exceeded your current quota.");
        response.headers_mut().extend(seconds.map(|seconds| (RETRY_AFTER, seconds.into())));
        response
    }

    fn failure(&self, status: u16, message: &str) -> Response {
        failure(status, message)
    }
}

/// An error in OpenAI's format.
pub(super) fn failure(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    error(status, if status.is_server_error() { "server_error" } else { "invalid_request_error" }, message)
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let error = json!({"message": message, "type": code, "param": null, "code": code});
    (status, Json(json!({"error": error}))).into_response()
}
