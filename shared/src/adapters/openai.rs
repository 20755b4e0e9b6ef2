//! Servers that speak OpenAI's `/chat/completions`: Ollama, llama.cpp, vLLM, OpenRouter and others.

mod error;
mod request;
mod response;

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, StatusCode, header::HeaderMap};

use super::{
    model_http::{self, RawAnswer},
    secrets::Secret,
};
use crate::{
    config::{ApiKey, ModelConfig, ModelOptions},
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
};
use error::ErrorBody;
use request::ChatRequest;
use response::ChatCompletion;

/// An account without credit does not get one in a minute.
const NO_CREDIT: Duration = Duration::from_secs(3_600);

/// One model of an OpenAI-compatible server.
pub struct OpenAiModel {
    http: Client,
    url: String,
    /// The name the server knows it by.
    model: String,
    /// The name it is configured by.
    name: String,
    options: ModelOptions,
    key: Option<Secret>,
}

impl OpenAiModel {
    pub(super) fn new(http: Client, base_url: &str, model: &ModelConfig, key: Option<Secret>) -> Self {
        let url = format!("{}/chat/completions", base_url.trim_end_matches('/'));
        let (name, model, options) = (model.name.to_string(), model.name.name().to_owned(), model.options.clone());
        Self { http, url, model, name, options, key }
    }
}

impl LanguageModel for OpenAiModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let body = ChatRequest::new(&self.model, prompt, &self.options);
        let request = |key: Option<&ApiKey>| {
            let request = self.http.post(&self.url).json(&body);
            match key {
                Some(key) => request.bearer_auth(key.expose()),
                None => request,
            }
        };
        let (outcome, tokens) = match model_http::exchange(self.key.as_ref(), request).await {
            Ok(answer) => read(&answer),
            Err(error) => (Err(error), Usage::default()),
        };
        model_http::response(&self.name, outcome, tokens)
    }
}

/// The text of an answer, or why there is none; and the tokens it took, which a failure can take too.
fn read(answer: &RawAnswer) -> (Result<String, ModelError>, Usage) {
    if !answer.status.is_success() {
        return (Err(refusal(answer, answer.status, Timestamp::now())), Usage::default());
    }
    let Ok(completion) = serde_json::from_slice::<ChatCompletion>(&answer.body) else {
        return (Err(model_http::unavailable("its answer cannot be read")), Usage::default());
    };
    let tokens = completion.tokens();
    let outcome = match completion.status_of_error() {
        // Routers answer 200 before they know that the model behind them fails.
        Some(status) => Err(refusal(answer, status, Timestamp::now())),
        None => completion.into_text(),
    };
    (outcome, tokens)
}

fn refusal(answer: &RawAnswer, status: StatusCode, now: Timestamp) -> ModelError {
    let error = serde_json::from_slice::<ErrorBody>(&answer.body).unwrap_or_default().into_error();
    match status {
        StatusCode::TOO_MANY_REQUESTS if error.is_about_credit() => {
            ModelError::RateLimited { retry_after: Some(NO_CREDIT) }
        }
        StatusCode::TOO_MANY_REQUESTS => {
            ModelError::RateLimited { retry_after: error.retry_after(now).or_else(|| retry_after(&answer.headers)) }
        }
        _ if error.is_about_length() => ModelError::TooLong,
        StatusCode::FORBIDDEN if error.is_about_moderation() => ModelError::Blocked { reason: "moderation".to_owned() },
        status if model_http::is_passing(status) => model_http::unavailable(&status.to_string()),
        status => model_http::refused(status),
    }
}

/// `Retry-After`, or the time until the quota that is used up is there again.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let used_up = |quota: &&str| text(&format!("x-ratelimit-remaining-{quota}")) == Some("0");
    let reset = |quota: &str| model_http::duration(text(&format!("x-ratelimit-reset-{quota}"))?);
    let millis = text("retry-after-ms").and_then(|ms| ms.parse().ok()).map(Duration::from_millis);
    let quotas = || ["requests", "tokens"].into_iter().filter(used_up).filter_map(reset).max();
    millis.or_else(|| model_http::retry_after(headers)).or_else(quotas)
}

#[cfg(test)]
mod tests;
