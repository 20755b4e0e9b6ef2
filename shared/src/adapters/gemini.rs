//! Google's Gemini API: `generateContent`.

mod wire;

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, redirect::Policy};

use crate::{
    config::{ApiKey, ModelName},
    domain::prompt::Prompt,
    ports::{Answer, LanguageModel, ModelError},
};
use wire::{ErrorBody, GenerateContentRequest, GenerateContentResponse};

/// Where the API is, unless `GEMINI_BASE_URL` says otherwise.
pub const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// One model of the Gemini API.
pub struct GeminiModel {
    http: Client,
    url: String,
    name: String,
    key: ApiKey,
}

impl GeminiModel {
    /// The model of that name, over a client made by [`http_client`].
    pub fn new(http: Client, base_url: &str, model: &ModelName, key: ApiKey) -> Self {
        let url = format!("{}/v1beta/models/{}:generateContent", base_url.trim_end_matches('/'), model.name());
        Self { http, url, name: model.to_string(), key }
    }

    async fn send(&self, prompt: &Prompt) -> Result<Response, reqwest::Error> {
        let request = self.http.post(&self.url).header("x-goog-api-key", self.key.expose());
        request.json(&GenerateContentRequest::new(prompt)).send().await
    }
}

/// An HTTP client that gives up after `timeout`, and takes key and chat nowhere else by a redirect. One for all models: they share its connections.
///
/// # Errors
/// When TLS cannot be set up.
pub fn http_client(timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(timeout).redirect(Policy::none()).build()
}

impl LanguageModel for GeminiModel {
    async fn generate(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let response = self.send(prompt).await.map_err(transport_error)?;
        let status = response.status();
        let body = response.bytes().await.map_err(transport_error)?;
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        let content: GenerateContentResponse = serde_json::from_slice(&body)
            .map_err(|_| ModelError::Unavailable { reason: "its answer cannot be read".to_owned() })?;
        let tokens = content.tokens();
        content.into_text().map(|text| Answer { text, model: self.name.clone(), tokens })
    }
}

/// Only what kind of failure it was: the error itself can quote the request.
fn transport_error(error: reqwest::Error) -> ModelError {
    let reason = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    ModelError::Unavailable { reason: reason.to_owned() }
}

fn refusal(status: StatusCode, body: &[u8]) -> ModelError {
    let error = serde_json::from_slice::<ErrorBody>(body).unwrap_or_default().error;
    match status {
        StatusCode::TOO_MANY_REQUESTS => error.rate_limit(),
        StatusCode::REQUEST_TIMEOUT => ModelError::Unavailable { reason: status.to_string() },
        status if status.is_server_error() => ModelError::Unavailable { reason: status.to_string() },
        status => ModelError::Refused { reason: format!("{status}; check the API key and the model's name") },
    }
}
