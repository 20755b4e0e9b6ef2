//! One function that can be invoked, by the type of what it is asked.

use std::{fmt, marker::PhantomData, time::Duration};

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_lambda::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::invoke::{InvokeError as SdkInvokeError, InvokeOutput, builders::InvokeFluentBuilder},
    primitives::Blob,
    types::InvocationType,
};

use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    contract::{ErrorType, FunctionError, Request, Traced},
    ports::InvokeError,
    telemetry,
};

/// How long an answer may take: a little more than the timeout of `daily_summary` in template.yaml, so that its own error
/// arrives first.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(125);
/// How long Lambda may take to accept an event: what is left of Discord's 3 seconds.
const EVENT_TIMEOUT: Duration = Duration::from_millis(1_500);

/// How often a request is sent in all while connections die under it. The pool may hold several from before the process was
/// frozen, each of which is found dead by the request that is sent over it.
const MAX_SENDS: u32 = 3;

/// A function that is asked `Q`.
pub struct Function<Q> {
    client: Client,
    name: String,
    request: PhantomData<fn(Q)>,
}

impl<Q> Function<Q> {
    /// The function of that name. The SDK does not retry, since some requests would be paid twice; where a connection dies,
    /// those that [may arrive twice](Request::is_repeatable) are sent again.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        let once = aws_sdk_lambda::config::Builder::from(config).retry_config(RetryConfig::disabled());
        Self { client: Client::from_conf(once.build()), name, request: PhantomData }
    }

    /// The function of that name, invoked again where Lambda refuses: what it does twice it pays once.
    pub fn retried(config: &SdkConfig, name: String) -> Self {
        Self { client: Client::new(config), name, request: PhantomData }
    }

    /// Opens a connection, so that the first event does not wait for TLS. An error here is not one yet: the first
    /// invocation will meet it and say so.
    pub async fn warm_up(&self) {
        let nothing = self.invocation().invocation_type(InvocationType::DryRun);
        if within(EVENT_TIMEOUT, nothing, true).await.is_err() {
            tracing::warn!(event = "warm_up_failed", function = self.name);
        }
    }

    fn invocation(&self) -> InvokeFluentBuilder {
        self.client.invoke().function_name(&self.name)
    }
}

impl<Q: Request> Function<Q> {
    /// Invokes it, and waits for its answer.
    ///
    /// # Errors
    /// What the function failed with; or why it could not be invoked.
    pub async fn call(&self, request: &Q) -> Result<Q::Response, InvokeError> {
        let span = self.span("client");
        let output =
            async { within(CALL_TIMEOUT, self.invocation().payload(payload(request)?), request.is_repeatable()).await };
        let output = in_span(&span, output).await?;
        let payload = output.payload.map(Blob::into_inner).unwrap_or_default();
        if output.function_error.is_some() {
            let error = function_error(&payload);
            failed(&span, &error);
            return Err(error);
        }
        let answer = serde_json::from_slice(&payload).map_err(|_| unavailable("its answer cannot be read"));
        answer.inspect_err(|error| failed(&span, error))
    }

    /// Invokes it with an event, without waiting for what comes of it.
    ///
    /// # Errors
    /// Why Lambda did not take the event.
    pub async fn enqueue(&self, request: &Q) -> Result<(), InvokeError> {
        let sent = async {
            let event = self.invocation().invocation_type(InvocationType::Event).payload(payload(request)?);
            within(EVENT_TIMEOUT, event, request.is_repeatable()).await
        };
        in_span(&self.span("producer"), sent).await.map(drop)
    }

    fn span(&self, kind: &str) -> Span {
        tracing::info_span!(
            target: "span",
            "Lambda.Invoke",
            otel.kind = kind,
            rpc.system.name = "aws-api",
            rpc.method = "Lambda/Invoke",
            faas.invoked_name = self.name,
            faas.invoked_provider = "aws",
            "error.type" = Empty,
        )
    }
}

impl<Q> Clone for Function<Q> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), name: self.name.clone(), request: PhantomData }
    }
}

impl<Q> fmt::Debug for Function<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&self.name).finish()
    }
}

/// What is sent within it names it as what it is a part of.
async fn in_span<T>(span: &Span, sent: impl Future<Output = Result<T, InvokeError>>) -> Result<T, InvokeError> {
    let sent = sent.instrument(span.clone()).await;
    sent.inspect_err(|error| failed(span, error))
}

fn failed(span: &Span, error: &InvokeError) {
    let kind = match error {
        InvokeError::Throttled => "Throttled".to_owned(),
        InvokeError::Unavailable { .. } => "Unavailable".to_owned(),
        // What is none of ours may say anything.
        InvokeError::Failed { error_type, .. } => {
            error_type.parse::<ErrorType>().map_or_else(|_| "_OTHER".to_owned(), |kind| kind.to_string())
        }
    };
    span.record("error.type", kind);
}

async fn within(
    time: Duration,
    invocation: InvokeFluentBuilder,
    is_repeatable: bool,
) -> Result<InvokeOutput, InvokeError> {
    let sends = if is_repeatable { MAX_SENDS } else { 1 };
    match tokio::time::timeout(time, send(invocation, sends)).await {
        Ok(sent) => sent.map_err(|error| invoke_error(&error)),
        Err(_) => Err(unavailable("it did not answer in time")),
    }
}

/// Sends it, and again where its connection dies.
async fn send(invocation: InvokeFluentBuilder, sends: u32) -> Result<InvokeOutput, SdkError<SdkInvokeError>> {
    for _ in 1..sends {
        match invocation.clone().send().await {
            Err(error) if is_connection_lost(&error) => {}
            sent => return sent,
        }
    }
    invocation.send().await
}

/// Whether there was no answer because there was no connection, or because it died. Whether the request had arrived by then
/// nobody knows: a connection that died while the process was frozen, and one that dies while the function works, look alike.
/// (What the client knows not to have sent it sends again by itself.)
fn is_connection_lost(error: &SdkError<SdkInvokeError>) -> bool {
    match error {
        // The other kind is hyper's "connection closed before message completed".
        SdkError::DispatchFailure(failure) => failure.is_io() || failure.as_other().is_some(),
        _ => false,
    }
}

fn payload(request: &impl Request) -> Result<Blob, InvokeError> {
    let traced = Traced { request, traceparent: telemetry::current() };
    serde_json::to_vec(&traced).map(Blob::new).map_err(|_| unavailable("the request cannot be written"))
}

fn function_error(payload: &[u8]) -> InvokeError {
    match serde_json::from_slice::<FunctionError>(payload) {
        Ok(FunctionError { error_type, error_message }) => InvokeError::Failed { error_type, message: error_message },
        Err(_) => unavailable("it failed without saying why"),
    }
}

fn invoke_error(error: &SdkError<SdkInvokeError>) -> InvokeError {
    match error {
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
