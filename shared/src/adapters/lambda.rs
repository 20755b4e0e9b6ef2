//! Invoking other functions, and how an error leaves one.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::invoke::InvokeError as SdkInvokeError,
    primitives::Blob,
    types::InvocationType,
};
use lambda_runtime::{Context, Diagnostic};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    app::{self, AppError},
    contract::{DayReport, DayRequest, DeferredInteraction, FunctionError, MemoriesRequest, MemoriesResponse},
    domain::{Day, GuildId, UserId},
    ports::{AskMemories, CloseDays, InvokeError, RespondLater, SummarizeDay, WarmMemories},
};

/// How long a function of that timeout may go on.
pub fn remaining(context: &Context, timeout: Duration) -> Duration {
    let now_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    app::remaining(context.deadline, now_ms, timeout)
}

/// A little more than the timeout of `daily_summary` in template.yaml, so that its own error arrives first.
const INVOKE_TIMEOUT: Duration = Duration::from_secs(125);

/// What is left of Discord's 3 seconds for an asynchronous invocation.
const HAND_OVER_TIMEOUT: Duration = Duration::from_millis(1_500);

/// The functions that `get_memories` and `respond` invoke.
#[derive(Debug, Clone)]
pub struct Functions {
    client: Client,
    daily_summary: String,
    get_memories: String,
}

impl Functions {
    /// The functions of those names. The SDK does not retry: a second invocation could pay a second time.
    pub fn new(config: &SdkConfig, daily_summary: String, get_memories: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(INVOKE_TIMEOUT).build();
        let config = aws_sdk_lambda::config::Builder::from(config)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled())
            .build();
        Self { client: Client::from_conf(config), daily_summary, get_memories }
    }
}

impl Functions {
    async fn ask<T: DeserializeOwned>(&self, function: &str, request: &impl Serialize) -> Result<T, InvokeError> {
        let invocation = self.client.invoke().function_name(function).payload(payload(request)?);
        let output = invocation.send().await.map_err(invoke_error)?;
        let payload = output.payload.map(Blob::into_inner).unwrap_or_default();
        if output.function_error.is_some() {
            return Err(function_error(&payload));
        }
        serde_json::from_slice(&payload).map_err(|_| unavailable("its answer cannot be read"))
    }
}

impl SummarizeDay for Functions {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.ask(&self.daily_summary, &request).await
    }
}

impl AskMemories for Functions {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        self.ask(&self.get_memories, request).await
    }
}

impl WarmMemories for Functions {
    async fn warm_memories(&self, guild: GuildId, users: &[UserId]) -> Result<(), InvokeError> {
        let request =
            MemoriesRequest { guild_id: guild, user_ids: users.to_vec(), max_wait_ms: None, prompt: false, warm: true };
        let invocation = self.client.invoke().function_name(&self.get_memories).payload(payload(&request)?);
        invocation.invocation_type(InvocationType::Event).send().await.map(drop).map_err(invoke_error)
    }
}

/// The function that answers interactions later.
#[derive(Debug, Clone)]
pub struct Responder {
    client: Client,
    respond: String,
}

impl Responder {
    /// The function of that name. Discord waits 3 seconds for the whole answer, so that there is time for one try.
    pub fn new(config: &SdkConfig, respond: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(HAND_OVER_TIMEOUT).build();
        let config = aws_sdk_lambda::config::Builder::from(config)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled())
            .build();
        Self { client: Client::from_conf(config), respond }
    }

    /// Opens a connection, so that the first interaction does not wait for TLS. An error here is not one yet: the first
    /// invocation will meet it and say so.
    pub async fn warm_up(&self) {
        let nothing = self.client.invoke().function_name(&self.respond).invocation_type(InvocationType::DryRun).send();
        if nothing.await.is_err() {
            tracing::warn!(event = "warm_up_failed", function = self.respond);
        }
    }
}

impl RespondLater for Responder {
    async fn respond_later(&self, task: &DeferredInteraction) -> Result<(), InvokeError> {
        let invocation = self.client.invoke().function_name(&self.respond).payload(payload(task)?);
        invocation.invocation_type(InvocationType::Event).send().await.map(drop).map_err(invoke_error)
    }
}

/// The function that makes final summaries, for who does not wait for them.
#[derive(Debug, Clone)]
pub struct DayCloser {
    client: Client,
    daily_summary: String,
}

impl DayCloser {
    /// The function of that name.
    pub fn new(config: &SdkConfig, daily_summary: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(HAND_OVER_TIMEOUT).build();
        let config = aws_sdk_lambda::config::Builder::from(config).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), daily_summary }
    }
}

impl CloseDays for DayCloser {
    async fn close_day(&self, guild: GuildId, day: Day) -> Result<(), InvokeError> {
        let request = DayRequest { guild_id: guild, date: day, user_ids: None, rebuild: false };
        let invocation = self.client.invoke().function_name(&self.daily_summary).payload(payload(&request)?);
        invocation.invocation_type(InvocationType::Event).send().await.map(drop).map_err(invoke_error)
    }
}

fn payload(request: &impl Serialize) -> Result<Blob, InvokeError> {
    serde_json::to_vec(request).map(Blob::new).map_err(|_| unavailable("the request cannot be written"))
}

fn function_error(payload: &[u8]) -> InvokeError {
    match serde_json::from_slice::<FunctionError>(payload) {
        Ok(FunctionError { error_type, error_message }) => InvokeError::Failed { error_type, message: error_message },
        Err(_) => unavailable("it failed without saying why"),
    }
}

fn invoke_error(error: SdkError<SdkInvokeError>) -> InvokeError {
    match &error {
        SdkError::ServiceError(service) => match service.err() {
            SdkInvokeError::TooManyRequestsException(_) => InvokeError::Throttled,
            other => unavailable(other.code().unwrap_or("unknown error")),
        },
        SdkError::TimeoutError(_) => unavailable("it did not answer in time"),
        SdkError::DispatchFailure(_) => unavailable("no connection"),
        _ => unavailable("its answer cannot be read"),
    }
}

fn unavailable(reason: &str) -> InvokeError {
    InvokeError::Unavailable { reason: reason.to_owned() }
}

/// How an error leaves a Lambda: `{"errorType","errorMessage"}` (DESIGN section 3).
impl From<AppError> for Diagnostic {
    fn from(error: AppError) -> Self {
        Self { error_type: error.kind.to_string(), error_message: error.message }
    }
}
