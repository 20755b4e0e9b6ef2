//! Servers that speak OpenAI's `/chat/completions`: Ollama, llama.cpp, vLLM, OpenRouter and others.

mod request;
mod response;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use reqwest::StatusCode;

use super::{
    model_http::{self, Answered, RawAnswer, Said, TimedClient},
    secrets::Secret,
};
use crate::{
    config::{ApiKey, JsonForm, ModelConfig, ModelOptions},
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
};
use request::ChatRequest;
use response::ChatCompletion;

/// One model of an OpenAI-compatible server.
pub struct OpenAiModel {
    http: TimedClient,
    url: String,
    /// The name the server knows it by.
    model: String,
    /// The name it is configured by.
    name: String,
    options: ModelOptions,
    /// The form of JSON that the server takes, as far as it is known.
    json: Mutex<JsonForm>,
    key: Option<Secret>,
}

impl OpenAiModel {
    pub(super) fn new(http: TimedClient, base_url: &str, model: &ModelConfig, key: Option<Secret>) -> Self {
        let url = format!("{}/chat/completions", base_url.trim_end_matches('/'));
        let (name, model, options) = (model.name.to_string(), model.name.name().to_owned(), model.options.clone());
        let json = Mutex::new(options.json);
        Self { http, url, model, name, options, json, key }
    }

    fn json(&self) -> JsonForm {
        *self.json.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, prompt: &Prompt, json: JsonForm) -> Asked {
        let body = ChatRequest::new(&self.model, prompt, &self.options, json);
        let request = |key: Option<&ApiKey>| {
            let request = self.http.post(&self.url).json(&body);
            match key {
                Some(key) => request.bearer_auth(key.expose()),
                None => request,
            }
        };
        match model_http::exchange(self.key.as_ref(), request).await {
            Ok(answer) => {
                let outcome = read(&answer, Timestamp::now());
                let is_refused = matches!(outcome.0, Err(ModelError::Refused { .. }));
                Asked { refuses_json: is_refused && refuses_json(&answer), outcome }
            }
            Err(error) => Asked { refuses_json: false, outcome: (Err(error), Usage::default()) },
        }
    }
}

/// What came of one request.
struct Asked {
    /// The form of the answer was not to the server's liking.
    refuses_json: bool,
    outcome: (Result<Answered, ModelError>, Usage),
}

impl LanguageModel for OpenAiModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let mut json = self.json();
        let mut asked = self.ask(prompt, json).await;
        while let (true, Some(next)) = (asked.refuses_json && prompt.answer.schema().is_some(), json.next()) {
            json = next;
            asked = self.ask(prompt, json).await;
            if !asked.refuses_json {
                // What it took once it takes for as long as this process lives.
                tracing::warn!(event = "json_form_learned", model = self.name, form = ?json);
                *self.json.lock().unwrap_or_else(PoisonError::into_inner) = json;
            }
        }
        let (outcome, tokens) = asked.outcome;
        model_http::response(&self.name, outcome, tokens)
    }
}

/// Whether a server refuses the form of the answer that was asked for, and names it.
fn refuses_json(answer: &RawAnswer) -> bool {
    const NAMES: [&str; 5] = ["response_format", "json_schema", "json_object", "text.format", "structured output"];
    matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY)
        && Said::in_body(&answer.body).says_one_of(&NAMES)
}

/// What an answer says, or why it says nothing; and the tokens it took, which a failure can take too.
fn read(answer: &RawAnswer, now: Timestamp) -> (Result<Answered, ModelError>, Usage) {
    if !answer.status.is_success() {
        return (Err(model_http::refusal(answer, now)), Usage::default());
    }
    let Ok(completion) = serde_json::from_slice::<ChatCompletion>(&answer.body) else {
        return (Err(model_http::unavailable("its answer cannot be read")), Usage::default());
    };
    let tokens = completion.tokens();
    if !completion.is_error() {
        return (completion.into_answer(), tokens);
    }
    // Routers answer 200 before they know that the model behind them fails, or who was asked at all.
    let said = Said::in_body(&answer.body);
    let status = said.status().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    (Err(model_http::refusal_as(status, &said, &answer.headers, now)), tokens)
}

#[cfg(test)]
mod tests;
