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
    /// `None`: nothing is known, or not yet.
    pub(super) text: Option<&'a str>,
    pub(super) source: &'a str,
}

impl Answer {
    pub(super) fn of(&self, id: &str) -> Memory<'_> {
        let text = self.0["memories"][id].as_str().filter(|text| !text.is_empty());
        Memory { text, source: self.0["sources"][id].as_str().unwrap_or("unknown") }
    }

    /// What failed, each with its day or person.
    pub(super) fn errors(&self) -> &[Value] {
        self.0["errors"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether all of it is as it should be: nothing failed, and nothing stands in for what is not ready.
    pub(super) fn is_complete(&self) -> bool {
        self.errors().is_empty() && self.unready_days().next().is_none() && self.unready_people().next().is_none()
    }

    /// The days that are not summarized as far as they can be.
    pub(super) fn unready_days(&self) -> impl Iterator<Item = String> {
        let unready = |status: &str| matches!(status, "failed" | "pending" | "stale");
        self.days().into_iter().rev().filter(move |(_, status)| unready(status)).map(|(date, _)| date)
    }

    /// The people whose memory is not what it should be.
    pub(super) fn unready_people(&self) -> impl Iterator<Item = String> {
        let unready = |source: &Value| matches!(source.as_str(), Some("unmerged" | "last_known_good" | "none"));
        self.sources().filter(move |(_, source)| unready(source)).map(|(id, _)| id.clone())
    }

    /// How many days and people are ready: it grows while something is made.
    pub(super) fn done(&self) -> usize {
        let all = self.days().len() + self.sources().count();
        all - self.unready_days().count() - self.unready_people().count()
    }

    /// How many people something is known of.
    pub(super) fn people_with_memory(&self) -> usize {
        self.sources().filter(|(id, _)| self.of(id).text.is_some()).count()
    }

    fn sources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["sources"].as_object().into_iter().flatten()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_ready_yet_is_not_complete_and_more_of_it_is_more() {
        let answer = |source: &str, day: &str| {
            Answer(json!({"memories": {"1": "- likes tea", "2": null}, "sources": {"1": source, "2": "facts"},
                "days": {"2026-11-21": day}, "errors": []}))
        };
        let pending = answer("unmerged", "pending");
        assert!(!pending.is_complete() && !answer("merged", "pending").is_complete());
        assert!(answer("merged", "built").is_complete());
        assert_eq!([pending.done(), answer("unmerged", "built").done(), answer("merged", "built").done()], [1, 2, 3]);
        assert_eq!(pending.people_with_memory(), 1);
    }
}
