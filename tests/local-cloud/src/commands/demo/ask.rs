//! The functions, invoked as on AWS, and the answer of `get_memories`.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_sdk_lambda::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
    primitives::Blob,
};
use serde_json::Value;

/// A little more than the longest timeout of a function.
const INVOKE_LIMIT: Duration = Duration::from_secs(200);

pub(super) struct Lambda(Client);

impl Lambda {
    /// Without retries: a function that failed would be paid again.
    pub(super) fn at(url: &str) -> Self {
        let config = aws_sdk_lambda::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local-cloud"))
            .endpoint_url(url)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(INVOKE_LIMIT).build())
            .build();
        Self(Client::from_conf(config))
    }

    pub(super) async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        let request = self.0.invoke().function_name(function).payload(Blob::new(event.to_string()));
        let answer = request.send().await.with_context(|| format!("invoking {function}"))?;
        let payload = answer.payload().map(|payload| payload.as_ref()).unwrap_or_default();
        let body: Value = serde_json::from_slice(payload).with_context(|| format!("the answer of {function}"))?;
        if answer.function_error().is_some() {
            let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
            let (kind, message) = (text("errorType"), text("errorMessage"));
            let advice = match kind.as_str() {
                "Sandbox.Timedout" => "; most likely this machine is busy: run it again",
                _ => "",
            };
            bail!("{function} failed: {kind}: {message}{advice}");
        }
        Ok(body)
    }
}

/// What `get_memories` answered.
pub(super) struct Answer(pub(super) Value);

/// One person's part of it.
pub(super) struct Memory<'a> {
    pub(super) text: &'a str,
    pub(super) source: &'a str,
}

impl Answer {
    pub(super) fn text(&self, id: &str) -> Result<&str> {
        self.0["memories"][id].as_str().with_context(|| format!("no memory of {id}"))
    }

    pub(super) fn of(&self, id: &str) -> Result<Memory<'_>> {
        Ok(Memory { text: self.text(id)?, source: self.0["sources"][id].as_str().unwrap_or("unknown") })
    }

    /// Date and status, newest first.
    pub(super) fn days(&self) -> Vec<(String, String)> {
        let days = self.0["days"].as_object().into_iter().flatten();
        let mut days: Vec<_> =
            days.map(|(date, status)| (date.clone(), status.as_str().unwrap_or("?").to_owned())).collect();
        days.sort_by(|a, b| b.cmp(a));
        days
    }
}
