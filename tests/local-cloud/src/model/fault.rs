//! What can go wrong with a model, as its API says it.

use std::io;

use axum::{
    Json,
    body::{Body, Bytes},
    http::header::CONTENT_LENGTH,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use super::wire::{End, Quota, Wire};

/// A failure of the model. In JSON: `"hang"`, `{"status": 503}`, `{"rate_limited": {"retry_delay_s": 20}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429: too many requests a minute, with the delay that is asked for.
    RateLimited {
        /// Seconds until the next try.
        retry_delay_s: u32,
    },
    /// 429: the quota of the day is used up.
    DailyQuota,
    /// This status, with the API's error body.
    Status(u16),
    /// 400: the form that the answer is asked for in is refused.
    NoJson,
    /// The prompt was refused before it was read.
    Blocked,
    /// The answer was withheld: by the filter, no content.
    Safety,
    /// The answer ends in its middle, at its limit of tokens.
    MaxTokens,
    /// An answer that is not in the format asked for.
    Malformed,
    /// It ends by itself, with no text.
    Empty,
    /// The connection ends before the announced length.
    CutBody,
    /// No answer, until the client leaves.
    Hang,
}

/// The answer with `text`, or what the fault makes of it.
pub(super) async fn respond(fault: Option<Fault>, api: &impl Wire, text: &str) -> Response {
    let Some(fault) = fault else {
        return Json(api.answer(Some(text), End::Stop)).into_response();
    };
    match fault {
        Fault::RateLimited { retry_delay_s } => api.over(Quota::Minute(retry_delay_s)),
        Fault::DailyQuota => api.over(Quota::Day),
        Fault::Status(status) => api.failure(status, "scripted: the model failed"),
        Fault::NoJson => api.failure(400, "This response_format type is unavailable now"),
        Fault::Blocked => api.blocked(),
        Fault::Safety => Json(api.answer(None, End::Filter)).into_response(),
        Fault::MaxTokens => Json(api.answer(Some(first_half(text)), End::Limit)).into_response(),
        Fault::Malformed => {
            Json(api.answer(Some("I would rather talk about the weather {"), End::Stop)).into_response()
        }
        Fault::Empty => Json(api.answer(None, End::Stop)).into_response(),
        Fault::CutBody => cut(&api.answer(Some(text), End::Stop).to_string()),
        Fault::Hang => std::future::pending().await,
    }
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
