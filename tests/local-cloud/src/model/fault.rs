//! What can go wrong with a model, as its API says it.

use std::io;

use axum::{
    Json,
    body::{Body, Bytes},
    http::{StatusCode, header::CONTENT_LENGTH},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::wire::{Reply, google_error, google_error_with};

/// A failure of the model. In JSON: `"hang"`, `{"status": 503}`, `{"rate_limited": {"retry_delay_s": 20}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429: too many requests a minute, with the delay Google asks for.
    RateLimited {
        /// Seconds until the next try.
        retry_delay_s: u32,
    },
    /// 429: the quota of the day is used up.
    DailyQuota,
    /// This status, with Google's error body.
    Status(u16),
    /// The prompt was refused before it was read.
    Blocked,
    /// The answer was withheld: finishReason SAFETY, no content.
    Safety,
    /// The answer ends in its middle: finishReason MAX_TOKENS.
    MaxTokens,
    /// An answer that is not in the format asked for.
    Malformed,
    /// finishReason STOP, and no parts.
    Empty,
    /// The connection ends before the announced length.
    CutBody,
    /// No answer, until the client leaves.
    Hang,
}

/// The answer with `text`, or what the fault makes of it.
pub(super) async fn respond(fault: Option<Fault>, reply: &Reply<'_>, text: &str) -> Response {
    let Some(fault) = fault else {
        return Json(reply.candidate(Some(text), "STOP")).into_response();
    };
    match fault {
        Fault::RateLimited { retry_delay_s } => rate_limited(reply.model, retry_delay_s),
        Fault::DailyQuota => quota(reply.model, "You exceeded your current quota.", "PerDay", &[]),
        Fault::Status(status) => status_error(status),
        Fault::Blocked => Json(reply.blocked()).into_response(),
        Fault::Safety => Json(reply.candidate(None, "SAFETY")).into_response(),
        Fault::MaxTokens => Json(reply.candidate(Some(first_half(text)), "MAX_TOKENS")).into_response(),
        Fault::Malformed => {
            Json(reply.candidate(Some("I would rather talk about the weather {"), "STOP")).into_response()
        }
        Fault::Empty => Json(reply.candidate(None, "STOP")).into_response(),
        Fault::CutBody => cut(&reply.candidate(Some(text), "STOP").to_string()),
        Fault::Hang => std::future::pending().await,
    }
}

fn rate_limited(model: &str, retry_delay_s: u32) -> Response {
    let delay = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{retry_delay_s}s")});
    let message = format!("You exceeded your current quota. Please retry in {retry_delay_s}.0s.");
    quota(model, &message, "PerMinute", &[delay])
}

fn quota(model: &str, message: &str, window: &str, more: &[serde_json::Value]) -> Response {
    let violation = json!({
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        "quotaId": format!("GenerateRequests{window}PerProjectPerModel-FreeTier"),
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": "20",
    });
    let failure = json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]});
    let details = [&[failure], more].concat();
    google_error_with(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", message, &details)
}

fn status_error(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let name = match status.as_u16() {
        400 => "INVALID_ARGUMENT",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    google_error(status, name, "scripted: the model failed")
}

/// Announces the whole body and sends half of it. The error makes the server close the connection.
fn cut(body: &str) -> Response {
    let half = Bytes::copy_from_slice(first_half(body).as_bytes());
    let end = async {
        tokio::task::yield_now().await; // or the error would come before the first half is sent
        Err(io::Error::other("scripted: the connection is cut"))
    };
    let pieces = stream::once(async { Ok(half) }).chain(stream::once(end));
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
    response
}

fn first_half(text: &str) -> &str {
    let mut middle = text.len() / 2;
    while !text.is_char_boundary(middle) {
        middle -= 1;
    }
    &text[..middle]
}
