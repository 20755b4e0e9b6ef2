//! The Gemini API, played by a stand-in that answers from the prompt alone, always in the same way.

mod answer;
mod fault;
mod prompt;
mod script;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Instant;

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::Response,
};

pub use fault::Fault;
use prompt::Prompt;
pub use script::{Hold, ModelCall, ModelScript, Rule, Task};
use wire::{Request, google_error};

/// Answers `POST /v1beta/models/{call}`, where `call` is `model:generateContent`.
pub(crate) async fn answer(script: ModelScript, call: &str, headers: &HeaderMap, body: &Bytes) -> Response {
    let came = Instant::now(); // reading the prompt takes time too
    let Some(model) = call.strip_suffix(":generateContent") else {
        return google_error(StatusCode::NOT_FOUND, "NOT_FOUND", &format!("no method {call:?} here"));
    };
    if headers.get("x-goog-api-key").is_none_or(|key| key.is_empty()) {
        return google_error(
            StatusCode::BAD_REQUEST,
            "INVALID_ARGUMENT",
            "API key not valid. Please pass a valid API key.",
        );
    }
    let request = match Request::read(body) {
        Ok(request) => request,
        Err(reason) => return google_error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", &reason),
    };
    let prompt = Prompt::read(&request.prompt);
    let (call, behaviour) = script.begin(came, model, &request, prompt.as_ref().ok());
    behaviour.wait().await;
    let response = match prompt {
        Err(reason) => google_error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", &reason),
        Ok(prompt) => {
            let text = answer::text(&prompt);
            let reply = wire::Reply { model, prompt: &request, number: call.number() };
            fault::respond(behaviour.fault, &reply, &text).await
        }
    };
    drop(call); // it ends here, or where the client left
    response
}
