//! Runs a function, and records what its requests take:
//!
//! ```text
//! next event ──▶ span, with the caller's as parent ──▶ answer is sent ──▶ spans are sent ──▶ next event
//!                                                                                       (frozen from here on)
//! ```

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context as TaskContext, Poll},
};

use futures::{
    FutureExt as _,
    future::{LocalBoxFuture, Then},
};
use lambda_runtime::{
    Context, Error, LambdaInvocation, Runtime, Service, layers::TracingLayer, tower::layer::layer_fn,
};
use serde_json::Value;
use tracing::{Instrument as _, Span, field::Empty};

use super::runtime::remaining;
use crate::{
    adapters::otlp::{Exporter, PATIENCE},
    contract::AppError,
    domain::{Day, GuildId},
    telemetry::Finished,
};

/// Whether this process has had no request yet.
static IS_COLD: AtomicBool = AtomicBool::new(true);

/// The span of a request, part of the span that its payload names, if it names one.
pub fn span(function: &'static str, context: &Context, payload: &Value) -> Span {
    let span = root(function, Some(context), payload.get("traceparent").and_then(Value::as_str));
    if !span.is_disabled() {
        let text = |field| payload.get(field).and_then(Value::as_str);
        // What is sent may be anything: only what is an id or a date is shown (DESIGN rule 21).
        if let Some(guild) = text("guild_id").and_then(|guild| guild.parse::<GuildId>().ok()) {
            span.record("guild", guild.to_string());
        }
        if let Some(date) = text("date").and_then(|date| date.parse::<Day>().ok()) {
            span.record("date", date.to_string());
        }
        if let Some(users) = payload.get("user_ids").and_then(Value::as_array) {
            span.record("users", users.len());
        }
    }
    span
}

/// The same of a request that came over HTTP, from anybody: it is part of nothing, whatever its headers say.
pub fn span_of_http(function: &'static str, context: Option<&Context>) -> Span {
    let span = root(function, context, None);
    span.record("faas.trigger", "http");
    span.record("http.request.method", "POST");
    span
}

fn root(function: &'static str, context: Option<&Context>, traceparent: Option<&str>) -> Span {
    tracing::info_span!(
        target: "span",
        "invocation",
        otel.name = function,
        otel.kind = "server",
        traceparent,
        faas.name = context.map(|context| context.env_config.function_name.as_str()),
        faas.version = context.map(|context| context.env_config.version.as_str()),
        faas.invocation_id = context.map(|context| context.request_id.as_str()),
        faas.trigger = Empty,
        faas.coldstart = IS_COLD.swap(false, Ordering::Relaxed),
        guild = Empty,
        date = Empty,
        users = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// Ends the span of a request that nobody may ask, and forgets it with all that was in it: strangers fill no traces.
pub fn forget(span: Span) {
    drop(span);
    drop(Finished::take());
}

/// What comes of `work`, in that span.
///
/// # Errors
/// Those of the work.
pub async fn in_span<T>(span: Span, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    // Boxed, because the compiler follows what is in each other only so deep.
    let done = Box::pin(work).instrument(span.clone()).await;
    if let Err(error) = &done {
        span.record("error.type", error.kind.to_string());
    }
    done
}

/// Handles events until the process ends. Spans are sent after each answer: Lambda freezes the process when it asks for the
/// next event, and not before.
///
/// # Errors
/// When Lambda's API cannot be reached.
pub async fn run<S>(runtime: Runtime<S>, exporter: Option<Exporter>) -> Result<(), Error>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
{
    let Some(exporter) = exporter.map(Arc::new) else {
        return runtime.layer(TracingLayer::new()).run().await;
    };
    let flushing = layer_fn(move |inner| Flushing { inner, exporter: Arc::clone(&exporter) });
    runtime.layer(flushing).layer(TracingLayer::new()).run().await
}

/// A service that sends spans when it is done, and with it the answer sent.
struct Flushing<S> {
    inner: S,
    exporter: Arc<Exporter>,
}

type Done = Result<(), Error>;

impl<S: Service<LambdaInvocation, Response = (), Error = Error>> Service<LambdaInvocation> for Flushing<S> {
    type Response = ();
    type Error = Error;
    type Future =
        Then<S::Future, LocalBoxFuture<'static, Done>, Box<dyn FnOnce(Done) -> LocalBoxFuture<'static, Done>>>;

    fn poll_ready(&mut self, context: &mut TaskContext<'_>) -> Poll<Done> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let (context, exporter) = (invocation.context.clone(), Arc::clone(&self.exporter));
        self.inner.call(invocation).then(Box::new(move |done| {
            let flush = async move {
                exporter.flush(remaining(&context, PATIENCE)).await;
                done
            };
            flush.boxed_local()
        }))
    }
}
