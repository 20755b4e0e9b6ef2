//! The functions, invoked as on AWS.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::{
    Client,
    config::{Credentials, SharedCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig},
    error::SdkError,
    primitives::Blob,
};
use clap::Args;
use guild_memory::contract::FunctionError;
use serde::de::DeserializeOwned;

/// More than the timeout of any function that is called by hand.
const INVOKE_LIMIT: Duration = Duration::from_secs(200);

/// Where the functions are.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The local cloud of `make watch` instead of an AWS account
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "http://127.0.0.1:8000")]
    local: Option<String>,
}

/// Invokes functions.
#[derive(Debug, Clone)]
pub(crate) struct Lambda(Client);

/// Why an invocation brought nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody is there, or nobody who may be asked.
    #[error("{0}")]
    Unreachable(String),
    /// It may pass if it is tried again.
    #[error("{0}")]
    Passing(String),
    /// It will not.
    #[error("{0}")]
    Lasting(String),
}

impl Target {
    /// What tells this target from others.
    pub(crate) fn name(&self) -> String {
        let environment = |name| std::env::var(name).unwrap_or_default();
        self.local
            .clone()
            .unwrap_or_else(|| ["AWS_ENDPOINT_URL_LAMBDA", "AWS_PROFILE", "AWS_REGION"].map(environment).join(" "))
    }

    async fn config(&self) -> SdkConfig {
        match &self.local {
            None => aws_config::load_defaults(BehaviorVersion::latest()).await,
            Some(url) => SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                    "local",
                    "local",
                    None,
                    None,
                    "local-cloud",
                )))
                .endpoint_url(url)
                .build(),
        }
    }
}

impl Lambda {
    /// The functions of that target. The SDK does not try again: whoever calls knows what may be repeated.
    pub(crate) async fn connect(target: &Target) -> Self {
        let config = aws_sdk_lambda::config::Builder::from(&target.config().await)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(INVOKE_LIMIT).build())
            .build();
        Self(Client::from_conf(config))
    }

    /// The function's answer to `event`, a JSON document.
    pub(crate) async fn invoke<T: DeserializeOwned>(&self, function: &str, event: Vec<u8>) -> Result<T, Failure> {
        let sent = self.0.invoke().function_name(function).payload(Blob::new(event)).send().await;
        let answer = sent.map_err(|error| {
            let what = format!("{function} cannot be invoked: {}", causes(&error));
            match &error {
                SdkError::ServiceError(service) if service.err().is_too_many_requests_exception() => {
                    Failure::Passing(what)
                }
                SdkError::ServiceError(_) | SdkError::ConstructionFailure(_) => Failure::Lasting(what),
                SdkError::DispatchFailure(_) => Failure::Unreachable(what),
                _ => Failure::Passing(what),
            }
        })?;
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        if answer.function_error.is_some() {
            return Err(function_failure(function, &payload));
        }
        serde_json::from_slice(&payload)
            .map_err(|_| Failure::Lasting(format!("{function} answered with something else than it should")))
    }
}

/// What the error says, and the errors below it.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn function_failure(function: &str, payload: &[u8]) -> Failure {
    let Ok(FunctionError { error_type, error_message }) = serde_json::from_slice(payload) else {
        return Failure::Lasting(format!("{function} failed without saying why; its log may know"));
    };
    let what = format!("{function} failed: {error_type}: {error_message}");
    match error_type.as_str() {
        "StoreUnavailable" | "Throttled" => Failure::Passing(what),
        _ => Failure::Lasting(what),
    }
}
