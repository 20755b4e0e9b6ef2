//! One client for every call: it waits out what passes, and says what does not.

use std::time::Duration;

use reqwest::{Client, Method, Request, RequestBuilder, redirect::Policy};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::{Span, field::Empty};

use super::{errors, rate_limits::RateLimits};
use crate::{adapters::secrets::Secret, config::ApiKey, ports::DiscordError};

/// Where Discord is, unless `DISCORD_BASE_URL` says otherwise.
pub const DEFAULT_BASE_URL: &str = "https://discord.com";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Discord asks for a name and an address, and may refuse clients without them.
const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/guild-memory/guild-memory, ", env!("CARGO_PKG_VERSION"), ")");
/// How long a call goes on by default, waits included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Attempts of a call; refusals count against the address, 10,000 in ten minutes ban it.
const MAX_ATTEMPTS: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Discord, as a bot or for an interaction. Clones share connections, and what is known of rate limits.
#[derive(Debug, Clone)]
pub struct Discord {
    http: Client,
    api: String,
    token: Option<Secret>,
    patience: Duration,
    rate_limits: RateLimits,
}

impl Discord {
    /// Discord at `base_url`, without a token: for what an interaction's own token opens.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(base_url: Option<&str>) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ATTEMPT_TIMEOUT)
            .redirect(Policy::none())
            .build()?;
        let api = format!("{}/api/v10", base_url.unwrap_or(DEFAULT_BASE_URL).trim_end_matches('/'));
        Ok(Self { http, api, token: None, patience: PATIENCE, rate_limits: RateLimits::default() })
    }

    /// The same as the bot of that token.
    #[must_use]
    pub fn as_bot(self, token: impl Into<Secret>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// The same, giving up after `patience`.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// `GET`, decoded.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, DiscordError> {
        let body = self.send(|| self.request(Method::GET, path)).await?;
        serde_json::from_slice(&body).map_err(|_| errors::unavailable("its answer cannot be read"))
    }

    /// A request to a path under `/api/v10`, with the bot's token if there is one.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.api));
        match &self.token {
            Some(token) => request.header("authorization", format!("Bot {}", token.current().expose())),
            None => request,
        }
    }

    /// Sends what `request` makes, again after a rate limit or a failure of Discord's, until it is answered or patience
    /// ends.
    pub(super) async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Vec<u8>, DiscordError> {
        let deadline = Instant::now() + self.patience;
        let (mut attempt, mut has_another_token) = (1, false);
        loop {
            let used = self.token.as_ref().map(Secret::current);
            let request = request().build().map_err(|error| errors::transport(&error))?;
            self.rate_limits.wait(request.url().path(), deadline).await?;
            let error = match self.attempt_once(request).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            if error == DiscordError::Unauthorized && !has_another_token && self.has_another_token(used, deadline).await
            {
                has_another_token = true;
                continue;
            }
            if let DiscordError::RateLimited { retry_after, global: true } = error {
                self.rate_limits.note_global(retry_after);
            }
            let wait = wait_after(&error, attempt).filter(|_| attempt < MAX_ATTEMPTS);
            match wait.filter(|wait| Instant::now() + *wait < deadline) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
            attempt += 1;
        }
    }

    /// Whether there is another token by now than the one that was refused (DESIGN rule 31), as far as patience lasts.
    async fn has_another_token(&self, refused: Option<ApiKey>, deadline: Instant) -> bool {
        let (Some(token), Some(refused)) = (&self.token, refused) else { return false };
        let other = tokio::time::timeout_at(deadline, token.other_than(&refused)).await;
        other.is_ok_and(|other| other.is_some())
    }

    /// Paths are not in the span: some hold the token of an interaction (DESIGN rule 21).
    #[tracing::instrument(
        name = "Discord",
        target = "span",
        skip_all,
        fields(
            otel.name = request.method().as_str(),
            otel.kind = "client",
            http.request.method = request.method().as_str(),
            server.address = request.url().host_str(),
            http.response.status_code = Empty,
            error.type = Empty,
        )
    )]
    async fn attempt_once(&self, request: Request) -> Result<Vec<u8>, DiscordError> {
        let path = request.url().path().to_owned();
        let response = self.http.execute(request).await.map_err(|error| errors::transport(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let span = Span::current();
        span.record("http.response.status_code", status.as_u16());
        if status.is_client_error() || status.is_server_error() {
            span.record("error.type", status.as_str());
        }
        if let Some(wait) = errors::used_up(&headers) {
            self.rate_limits.note_used_up(path, wait);
        }
        let body = response.bytes().await.map_err(|error| errors::transport(&error))?;
        if status.is_success() { Ok(body.to_vec()) } else { Err(errors::of_answer(status, &headers, &body)) }
    }
}

/// How long to wait before the next attempt, where one makes sense.
fn wait_after(error: &DiscordError, attempt: u32) -> Option<Duration> {
    match error {
        DiscordError::RateLimited { retry_after, .. } => Some(*retry_after),
        DiscordError::Unavailable { .. } => {
            Some(FIRST_WAIT.saturating_mul(1 << attempt.min(10)).mul_f64(0.5 + fastrand::f64() / 2.0))
        }
        _ => None,
    }
}
