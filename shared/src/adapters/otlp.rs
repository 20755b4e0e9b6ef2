//! Sends spans over OTLP, as JSON: after the answer, before the process is frozen, and within a second (DESIGN rule 50).

mod headers;
mod wire;

use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::{Client, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use tokio::sync::OnceCell;

use super::{
    http::transport_failure,
    secrets::{Secret, SecretError},
};
use crate::{config::ExportConfig, telemetry::Finished};
use headers::headers;
use wire::{Resource, payload};

/// How long a request may be held up by its spans, after it was answered.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Sends what was recorded. It does nothing until there is something to send: a cold start does not wait for it.
pub struct Exporter {
    config: ExportConfig,
    aws: SdkConfig,
    resource: Resource,
    opened: OnceCell<Opened>,
}

/// What is needed to send.
struct Opened {
    http: Client,
    headers: Option<Secret>,
}

/// Why spans were not sent.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error(transparent)]
    Headers(#[from] SecretError),
    #[error("the headers are not name=value, with commas between them")]
    NoHeaders,
    #[error("{}", transport_failure(.0))]
    Transport(#[from] reqwest::Error),
    #[error("the endpoint answered {}", .0.as_u16())]
    Refused(StatusCode),
}

impl Exporter {
    /// Sends for the function of that name, if an endpoint is configured.
    pub fn new(config: Option<ExportConfig>, aws: &SdkConfig, function: &'static str) -> Option<Self> {
        let resource = Resource::of(function, aws);
        config.map(|config| Self { config, aws: aws.clone(), resource, opened: OnceCell::new() })
    }

    /// Sends what is over by now, in `time`. What could not be sent is lost, and a line says so.
    pub(super) async fn flush(&self, time: Duration) {
        let finished = Finished::take();
        if finished.spans.is_empty() {
            return;
        }
        let (spans, left_out) = (finished.spans.len() as u64, finished.left_out);
        let problem = match tokio::time::timeout(time.min(PATIENCE), self.send(&finished)).await {
            Ok(Ok(())) if left_out == 0 => return,
            Ok(Ok(())) => return tracing::warn!(event = "spans_not_exported", spans = left_out, "there were too many"),
            Ok(Err(problem)) => problem.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        tracing::warn!(event = "spans_not_exported", spans = spans + left_out, "{problem}");
    }

    async fn send(&self, finished: &Finished) -> Result<(), NotSent> {
        let Opened { http, headers: secret } = self.opened.get_or_try_init(|| self.open()).await?;
        let url = format!("{}/v1/traces", self.config.endpoint.trim_end_matches('/'));
        let request = http.post(url).header(CONTENT_TYPE, "application/json");
        let request = request.body(payload(&self.resource, &finished.spans));
        let request = match secret {
            None => request,
            Some(secret) => request.headers(headers(&secret.current()).ok_or(NotSent::NoHeaders)?),
        };
        let status = request.send().await?.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            && let Some(secret) = secret
        {
            // The next request will find what it has become by now (DESIGN rule 31).
            let _ = secret.other_than(&secret.current()).await;
        }
        if status.is_success() { Ok(()) } else { Err(NotSent::Refused(status)) }
    }

    async fn open(&self) -> Result<Opened, NotSent> {
        let headers = match self.config.headers.clone() {
            None => None,
            Some(source) => Some(Secret::read(source, &self.aws).await?),
        };
        Ok(Opened { http: Client::builder().redirect(Policy::none()).build()?, headers })
    }
}
