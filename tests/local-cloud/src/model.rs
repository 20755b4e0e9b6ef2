//! The APIs of models, played by a stand-in that answers from the prompt alone, always in the same way.

mod answer;
mod bedrock;
mod fault;
mod gemini;
mod openai;
mod pace;
mod prompt;
mod script;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Instant;

use axum::{body::Bytes, http::HeaderMap, response::Response};

use bedrock::Bedrock;
pub use fault::Fault;
use gemini::Gemini;
use openai::OpenAi;
pub use pace::{Pace, Timing};
use prompt::Prompt;
pub use script::{Hold, KeyFault, ModelCall, ModelScript, Rule, Task};
use wire::{Request, Wire};

/// Answers `POST /v1beta/models/{call}`, where `call` is `model:generateContent`.
pub(crate) async fn generate_content(script: ModelScript, call: &str, headers: &HeaderMap, body: &Bytes) -> Response {
    let came = Instant::now(); // reading the prompt takes time too
    let Some(model) = call.strip_suffix(":generateContent") else {
        return gemini::failure(404, &format!("no method {call:?} here"));
    };
    let key = headers.get("x-goog-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let fault = if key.is_empty() { Some(KeyFault::Unknown) } else { script.key_fault(key) };
    if let Some(fault) = fault {
        return gemini::key_refused(fault);
    }
    match gemini::read(body) {
        Ok(request) => {
            let api = |number| Gemini { model, request: &request, number };
            answer(script, came, model, &request, api).await
        }
        Err(reason) => gemini::failure(400, &reason),
    }
}

/// Answers `POST /v1/chat/completions`. Servers on one's own machine want no key.
pub(crate) async fn chat_completions(script: ModelScript, headers: &HeaderMap, body: &Bytes) -> Response {
    let came = Instant::now();
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    let key = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if script.key_fault(key).is_some() {
        return openai::failure(401, "Incorrect API key provided.");
    }
    match openai::read(body) {
        Ok((model, request)) => {
            let api = |number| OpenAi { model: &model, request: &request, number };
            answer(script, came, &model, &request, api).await
        }
        Err(reason) => openai::failure(400, &reason),
    }
}

/// Answers `POST /model/{model}/converse`. There is no key: who asks signs.
pub(crate) async fn converse(script: ModelScript, model: &str, headers: &HeaderMap, body: &Bytes) -> Response {
    let came = Instant::now();
    if !bedrock::is_signed(headers) {
        return bedrock::unsigned();
    }
    match bedrock::read(body) {
        Ok(request) => answer(script, came, model, &request, |_| Bedrock { request: &request }).await,
        Err(reason) => bedrock::failure(400, &reason),
    }
}

/// Answers by the script, in the words of the API.
async fn answer<W: Wire>(
    script: ModelScript,
    came: Instant,
    model: &str,
    request: &Request,
    api: impl FnOnce(u64) -> W,
) -> Response {
    let prompt = Prompt::read(&request.prompt);
    let text = prompt.as_ref().map(answer::text);
    let said = text.as_deref().unwrap_or_default();
    let (call, behaviour) = script.begin(came, model, request, prompt.as_ref().ok(), said);
    let _seat = behaviour.wait().await;
    let api = api(call.number());
    let response = match text {
        Err(reason) => api.failure(400, reason),
        Ok(text) => fault::respond(behaviour.fault, &api, &text).await,
    };
    drop(call); // it ends here, or where the client left
    response
}
