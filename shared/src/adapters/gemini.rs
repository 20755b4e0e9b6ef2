//! Google's Gemini API: `generateContent`.

mod error;
mod request;
mod response;

use reqwest::{Client, StatusCode};

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
use request::GenerateContentRequest;
use response::GenerateContentResponse;

/// Where the API is, unless `GEMINI_BASE_URL` says otherwise.
pub(super) const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com";

/// One model of the Gemini API.
pub struct GeminiModel {
    http: Client,
    url: String,
    name: String,
    options: ModelOptions,
    key: Secret,
}

impl GeminiModel {
    pub(super) fn new(http: Client, base_url: &str, model: &ModelConfig, key: Secret) -> Self {
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
            Ok(answer) => read(&answer),
            Err(error) => (Err(error), Usage::default()),
        };
        model_http::response(&self.name, outcome, tokens)
    }
}

/// The text of an answer, or why there is none; and the tokens it took, which a failure can take too.
fn read(answer: &RawAnswer) -> (Result<String, ModelError>, Usage) {
    if !answer.status.is_success() {
        return (Err(refusal(answer)), Usage::default());
    }
    match serde_json::from_slice::<GenerateContentResponse>(&answer.body) {
        Ok(content) => {
            let tokens = content.tokens();
            (content.into_text(), tokens)
        }
        Err(_) => (Err(model_http::unavailable("its answer cannot be read")), Usage::default()),
    }
}

fn refusal(answer: &RawAnswer) -> ModelError {
    let error = serde_json::from_slice::<ErrorBody>(&answer.body).unwrap_or_default().error;
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => error.rate_limit(),
        StatusCode::BAD_REQUEST if error.is_about_length() => ModelError::TooLong,
        status if model_http::is_passing(status) => model_http::unavailable(&status.to_string()),
        status => model_http::refused(status),
    }
}

#[cfg(test)]
mod tests;
