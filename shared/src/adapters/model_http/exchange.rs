//! One request and its whole answer.

use std::time::Duration;

use reqwest::{Client, IntoUrl, RequestBuilder, StatusCode, header::HeaderMap, redirect::Policy};

use super::unavailable::unavailable;
use crate::{
    adapters::{http::transport_failure, secrets::Secret},
    config::ApiKey,
    ports::ModelError,
};

/// A model API that cannot be reached is known not to be within that.
pub(in crate::adapters) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Who cannot open a connection while a process starts goes on without.
const OPEN_TIMEOUT: Duration = Duration::from_secs(1);
/// The most of an answer that is read; far above the longest there is.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// An HTTP client that takes key and chat nowhere else by a redirect. One for all models: they share its connections. Each
/// gives up its requests after a time of its own.
///
/// # Errors
/// When TLS cannot be set up.
pub(in crate::adapters) fn client() -> Result<Client, reqwest::Error> {
    Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(Policy::none()).build()
}

/// Opens a connection to a model API, so that the first question does not wait for it (DESIGN rule 49). Nothing is sent but the
/// request for a page, without a key. An error here is not one yet: the first question will meet it and say so.
pub(in crate::adapters) async fn open(client: &Client, base_url: &str) {
    let _ = client.head(base_url).timeout(OPEN_TIMEOUT).send().await;
}

/// The client, for a model whose calls take so long at the most.
pub(in crate::adapters) struct TimedClient {
    pub(in crate::adapters) client: Client,
    pub(in crate::adapters) timeout: Duration,
}

impl TimedClient {
    pub(in crate::adapters) fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.client.post(url).timeout(self.timeout)
    }
}

/// An answer of a model API, whatever it says.
pub(in crate::adapters) struct RawAnswer {
    pub(in crate::adapters) status: StatusCode,
    pub(in crate::adapters) headers: HeaderMap,
    pub(in crate::adapters) body: Vec<u8>,
}

/// Sends what `request` makes of the key, and reads the whole answer. Where the API does not know the key, it is sent once
/// more with another, if there is one by now (DESIGN rule 31).
pub(in crate::adapters) async fn exchange(
    key: Option<&Secret>,
    request: impl Fn(Option<&ApiKey>) -> RequestBuilder,
) -> Result<RawAnswer, ModelError> {
    let used = key.map(Secret::current);
    let answer = send(request(used.as_ref())).await?;
    let (Some(key), Some(used), true) = (key, used, answer.refuses_key()) else { return Ok(answer) };
    match key.other_than(&used).await {
        Some(other) => send(request(Some(&other))).await,
        None => Ok(answer),
    }
}

impl RawAnswer {
    /// Whether the key is not known, or not any more: 401; Gemini's 400 that says so, and its 403 for a key that was
    /// blocked, such as one that was found in public.
    fn refuses_key(&self) -> bool {
        match self.status {
            StatusCode::UNAUTHORIZED => true,
            StatusCode::BAD_REQUEST => self.says(b"API_KEY_INVALID"),
            StatusCode::FORBIDDEN => self.says(b"PERMISSION_DENIED"),
            _ => false,
        }
    }

    fn says(&self, word: &[u8]) -> bool {
        self.body.windows(word.len()).any(|part| part == word)
    }
}

async fn send(request: RequestBuilder) -> Result<RawAnswer, ModelError> {
    let mut response = request.send().await.map_err(|error| transport_error(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport_error(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(unavailable("its answer is too large to be one"));
        }
    }
    Ok(RawAnswer { status, headers, body })
}

/// Who cannot be connected to in time would not be for a shorter question, either.
fn transport_error(error: &reqwest::Error) -> ModelError {
    if error.is_timeout() && !error.is_connect() {
        return ModelError::TimedOut;
    }
    unavailable(transport_failure(error))
}
