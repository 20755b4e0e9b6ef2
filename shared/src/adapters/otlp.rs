//! Sends spans over OTLP, as JSON: after the answer, before the process is frozen, and within a second (DESIGN rule 50).

mod headers;
mod wire;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use reqwest::{Client, Response, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use serde::Deserialize;
use serde_json::Value as Json;
use tokio::{
    sync::OnceCell,
    time::{Instant, timeout_at},
};

use super::{
    http::transport_failure,
    secrets::{Secret, SecretError},
};
use crate::{
    config::ExportConfig,
    telemetry::{Finished, Span},
};
use headers::headers;
use wire::{Resource, payload};

/// How long a request may be held up by its spans, after it was answered.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// How long nothing is sent after there was no answer: each try is a second that is billed.
const REST: Duration = Duration::from_secs(30);
/// What is read of an answer.
const ANSWER_BYTES: usize = 16 * 1024;

/// Sends what was recorded. It does nothing until there is something to send: a cold start does not wait for it.
pub struct Exporter {
    config: ExportConfig,
    aws: SdkConfig,
    resource: Resource,
    opened: OnceCell<Opened>,
    rests_until: Mutex<Option<Instant>>,
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
    #[error("it took too long")]
    TookTooLong,
    #[error("nobody answered before")]
    Resting,
}

impl NotSent {
    /// Whether there was nobody to send to. A connection that broke is none: the process may have been frozen.
    fn is_silence(&self) -> bool {
        match self {
            Self::TookTooLong => true,
            Self::Transport(error) => error.is_connect() || error.is_timeout(),
            _ => false,
        }
    }
}

/// What a collector answers that has not taken everything.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    partial_success: PartialSuccess,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct PartialSuccess {
    /// A number of 64 bits is text in the JSON of protobuf; some send a number.
    rejected_spans: Json,
}

impl Answer {
    /// Whatever else it says: spans are not worth an error.
    fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

impl PartialSuccess {
    fn rejected(&self) -> u64 {
        let of_text = || self.rejected_spans.as_str().and_then(|text| text.parse().ok());
        self.rejected_spans.as_u64().or_else(of_text).unwrap_or(0)
    }
}

impl Exporter {
    /// Sends for the function of that name, if an endpoint is configured.
    pub fn new(config: Option<ExportConfig>, aws: &SdkConfig, function: &'static str) -> Option<Self> {
        let resource = Resource::of(function, aws);
        let (aws, opened, rests_until) = (aws.clone(), OnceCell::new(), Mutex::new(None));
        config.map(|config| Self { config, aws, resource, opened, rests_until })
    }

    /// Sends what is over by now, in `time`. What could not be sent is lost, and a line says so.
    pub(super) async fn flush(&self, time: Duration) {
        let Finished { spans, left_out, .. } = &Finished::take();
        if spans.is_empty() {
            return;
        }
        let (lost, why) = match self.send_within(time.min(PATIENCE), spans).await {
            Ok(0) => (0, "there were too many".to_owned()),
            Ok(rejected) => (rejected, "the collector has rejected them".to_owned()),
            Err(problem) => (spans.len() as u64, problem.to_string()),
        };
        if lost + left_out > 0 {
            tracing::warn!(event = "spans_not_exported", spans = lost + left_out, "{why}");
        }
    }

    /// Sends spans, unless nobody answered a moment ago; and says how many were rejected.
    async fn send_within(&self, time: Duration, spans: &[Span]) -> Result<u64, NotSent> {
        if self.rests_until().is_some_and(|until| Instant::now() < until) {
            return Err(NotSent::Resting);
        }
        let deadline = Instant::now() + time;
        let sent = timeout_at(deadline, self.send(spans)).await.unwrap_or(Err(NotSent::TookTooLong));
        // Before it was opened it was SSM that was slow.
        let is_silent = self.opened.initialized() && sent.as_ref().is_err_and(NotSent::is_silence);
        *self.rests_until() = is_silent.then(|| Instant::now() + REST);
        // They were taken, whatever is to be read about it.
        Ok(timeout_at(deadline, rejected(sent?)).await.ok().flatten().unwrap_or(0))
    }

    fn rests_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, spans: &[Span]) -> Result<Response, NotSent> {
        let Opened { http, headers: secret } = self.opened.get_or_try_init(|| self.open()).await?;
        let url = format!("{}/v1/traces", self.config.endpoint.trim_end_matches('/'));
        let request = http.post(url).header(CONTENT_TYPE, "application/json");
        let request = request.body(payload(&self.resource, spans));
        let request = match secret {
            None => request,
            Some(secret) => request.headers(headers(&secret.current()).ok_or(NotSent::NoHeaders)?),
        };
        let answer = request.send().await?;
        let status = answer.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            && let Some(secret) = secret
        {
            // The next request will find what it has become by now (DESIGN rule 31).
            let _ = secret.other_than(&secret.current()).await;
        }
        if status.is_success() { Ok(answer) } else { Err(NotSent::Refused(status)) }
    }

    async fn open(&self) -> Result<Opened, NotSent> {
        let headers = match self.config.headers.clone() {
            None => None,
            Some(source) => Some(Secret::read(source, &self.aws).await?),
        };
        Ok(Opened { http: Client::builder().redirect(Policy::none()).build()?, headers })
    }
}

/// How many spans of those that were sent the collector did not take, if it says so.
async fn rejected(mut answer: Response) -> Option<u64> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.ok()? {
        body.extend(part);
        if body.len() > ANSWER_BYTES {
            return None;
        }
    }
    Some(Answer::read(&body).partial_success.rejected())
}

#[cfg(test)]
mod tests;
