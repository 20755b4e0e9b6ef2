//! The body of a refusal.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    adapters::model_http::{duration, lenient, lenient_list},
    ports::ModelError,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    pub(super) error: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(deserialize_with = "lenient_list")]
    details: Vec<ErrorDetail>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorDetail {
    #[serde(deserialize_with = "lenient")]
    retry_delay: String,
    #[serde(deserialize_with = "lenient_list")]
    violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Violation {
    #[serde(deserialize_with = "lenient")]
    quota_id: String,
}

impl ApiError {
    /// What a 429 says: the quota of the day, else `google.rpc.RetryInfo`, else the quota of the minute, else the message.
    pub(super) fn rate_limit(&self) -> ModelError {
        if self.is_about("PerDay") {
            return ModelError::DailyQuota;
        }
        let delay = self.details.iter().find_map(|detail| duration(&detail.retry_delay));
        let minute = || self.is_about("PerMinute").then_some(Duration::from_secs(60));
        ModelError::RateLimited { retry_after: delay.or_else(minute).or_else(|| self.retry_in()) }
    }

    /// A 400 for a prompt that is longer than the model reads.
    pub(super) fn is_about_length(&self) -> bool {
        self.message.contains("token count") && self.message.contains("exceeds the maximum")
    }

    fn is_about(&self, quota: &str) -> bool {
        let mut violations = self.details.iter().flat_map(|detail| &detail.violations);
        violations.any(|violation| violation.quota_id.contains(quota))
    }

    /// `Please retry in 20.04s.`
    fn retry_in(&self) -> Option<Duration> {
        let (_, rest) = self.message.split_once("retry in ")?;
        duration(rest.split_whitespace().next()?.trim_end_matches('.'))
    }
}
