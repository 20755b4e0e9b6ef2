//! Google's Gemini API: `generateContent`.

mod request;
mod response;

use jiff::Timestamp;

use super::{
    model_http::{self, Answered, RawAnswer, TimedClient},
    secrets::Secret,
};
use crate::{
    config::{ApiKey, ModelConfig, ModelOptions},
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
};
use request::GenerateContentRequest;
use response::GenerateContentResponse;

/// Where the API is, unless `GEMINI_BASE_URL` says otherwise.
pub(super) const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com";

/// One model of the Gemini API.
pub struct GeminiModel {
    http: TimedClient,
    url: String,
    name: String,
    options: ModelOptions,
    key: Secret,
}

impl GeminiModel {
    pub(super) fn new(http: TimedClient, base_url: &str, model: &ModelConfig, key: Secret) -> Self {
        let url = format!("{}/v1beta/models/{}:generateContent", base_url.trim_end_matches('/'), model.name.name());
        Self { http, url, name: model.name.to_string(), options: model.options.clone(), key }
    }
}

impl LanguageModel for GeminiModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let body = GenerateContentRequest::new(prompt, &self.options);
        let request = |key: Option<&ApiKey>| {
            let key = key.map(ApiKey::expose).unwrap_or_default();
            self.http.post(&self.url).header("x-goog-api-key", key).json(&body)
        };
        let (outcome, tokens) = match model_http::exchange(Some(&self.key), request).await {
            Ok(answer) => read(&answer, Timestamp::now()),
            Err(error) => (Err(error), Usage::default()),
        };
        model_http::response(&self.name, outcome, tokens)
    }
}

/// The text of an answer, or why there is none; and the tokens it took, which a failure can take too.
fn read(answer: &RawAnswer, now: Timestamp) -> (Result<Answered, ModelError>, Usage) {
    if !answer.status.is_success() {
        return (Err(model_http::refusal(answer, now)), Usage::default());
    }
    match serde_json::from_slice::<GenerateContentResponse>(&answer.body) {
        Ok(content) => {
            let tokens = content.tokens();
            (content.into_answer(), tokens)
        }
        Err(_) => (Err(model_http::unavailable("its answer cannot be read")), Usage::default()),
    }
}

#[cfg(test)]
mod tests;
