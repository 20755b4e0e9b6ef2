//! Function URLs: plain HTTP in front of a function. The emulator makes an event out of it, and an answer of what comes back.
//!
//! It has an address of its own, on which nothing else answers: what a tunnel leads to must not invoke other functions.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use super::Endpoint;
use crate::http::pass_on;

/// The URL of one function.
#[derive(Clone, Debug)]
pub(crate) struct FunctionUrl {
    pub(crate) endpoint: Endpoint,
    pub(crate) function: String,
}

pub(crate) fn router(url: FunctionUrl) -> Router {
    Router::new().fallback(answer).with_state(url)
}

async fn answer(State(url): State<FunctionUrl>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let FunctionUrl { endpoint, function } = &url;
    let Ok(_place) = endpoint.enter(function).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let timeout = endpoint.template.timeout(function).unwrap_or(Duration::from_secs(3));
    // As AWS: a function that fails, ends or takes too long is a 502, without a word.
    tokio::select! {
        answered = ask_emulator(endpoint, function, method, &uri, headers, body) => match answered {
            Some(response) if response.status() != StatusCode::INTERNAL_SERVER_ERROR => response,
            _ => StatusCode::BAD_GATEWAY.into_response(),
        },
        _ = endpoint.script.until_gone(function) => StatusCode::BAD_GATEWAY.into_response(),
        () = tokio::time::sleep(timeout) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn ask_emulator(
    endpoint: &Endpoint,
    function: &str,
    method: Method,
    uri: &Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Option<Response> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}/lambda-url/{function}{path}", endpoint.script.emulator()?);
    for hop in ["host", "content-length", "connection", "transfer-encoding"] {
        headers.remove(hop);
    }
    let answer = endpoint.client.request(method, url).headers(headers).body(body).send().await.ok()?;
    pass_on(answer).await.ok()
}
