//! The functions, invoked as on AWS.

use std::time::Duration;

use anyhow::{Result, bail};
use aws_sdk_lambda::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::invoke::InvokeError,
    primitives::Blob,
    types::InvocationType,
};
use guild_memory::contract::FunctionError;
use serde::de::DeserializeOwned;

use crate::{
    causes::{causes, first_cause},
    target::Target,
};

/// More than the timeout of any function that is called by hand.
const INVOKE_LIMIT: Duration = Duration::from_secs(200);

/// Invokes functions.
#[derive(Debug, Clone)]
pub(crate) struct Lambda {
    client: Client,
    /// Where the functions are, for people.
    place: String,
}

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

impl Lambda {
    /// The functions of that target; nobody is asked yet. The SDK does not try again: whoever calls knows what may be
    /// repeated.
    pub(crate) async fn at(target: &Target) -> Self {
        let config = target.config().await;
        let lambda = aws_sdk_lambda::config::Builder::from(&config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(INVOKE_LIMIT).build())
            .build();
        Self { client: Client::from_conf(lambda), place: target.place(&config) }
    }

    /// Whether `function` can be invoked there. What is wrong is said now, and not after an hour of reading.
    pub(crate) async fn check(&self, target: &Target, function: &str) -> Result<()> {
        target.check(&target.config().await).await?;
        let request = self.client.invoke().function_name(function).invocation_type(InvocationType::DryRun);
        let Err(error) = request.send().await else { return Ok(()) };
        let place = &self.place;
        match &error {
            SdkError::DispatchFailure(_) => {
                bail!("nothing answers at {place} ({}); {}", first_cause(&error), target.when_nothing_answers())
            }
            SdkError::ServiceError(service) if service.err().is_resource_not_found_exception() => {
                bail!("there is no function {function} at {place}: name it with --function, as the stack's outputs say")
            }
            SdkError::ServiceError(service) if service.err().code().is_none() => {
                bail!("what answers at {place} is no Lambda; {}", target.when_nothing_answers())
            }
            _ => bail!("{}", self.cannot_be_invoked(function, &error)),
        }
    }

    /// The function's answer to `event`, a JSON document.
    pub(crate) async fn invoke<T: DeserializeOwned>(&self, function: &str, event: Vec<u8>) -> Result<T, Failure> {
        let sent = self.client.invoke().function_name(function).payload(Blob::new(event)).send().await;
        let answer = sent.map_err(|error| {
            let what = self.cannot_be_invoked(function, &error);
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

    fn cannot_be_invoked(&self, function: &str, error: &SdkError<InvokeError>) -> String {
        format!("{function} at {} cannot be invoked: {}", self.place, causes(error))
    }
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
