//! `POST /2015-03-31/functions/{name}/invocations`.
//!
//! A function runs in a task of its own, as on AWS: it goes on when its caller has left.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    outcome::Outcome,
    script::{InvocationType, LambdaScript, Underway},
};
use crate::{http::rest_error, template::Template};

const SYNCHRONOUS_LIMIT: usize = 6 * 1024 * 1024;
const ASYNCHRONOUS_LIMIT: usize = 1024 * 1024;
/// The first attempt, and the two retries AWS makes by default.
const ATTEMPTS_OF_AN_EVENT: u32 = 3;
/// cargo-lambda queues 100 invocations a function and deadlocks at the next one, so the others wait here.
const EMULATOR_QUEUE: usize = 64;

/// Everything an invocation needs.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) script: LambdaScript,
    pub(super) client: reqwest::Client,
    pub(crate) template: Arc<Template>,
    queues: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    requests: Arc<AtomicU64>,
}

impl Endpoint {
    pub(crate) fn new(script: LambdaScript, client: reqwest::Client, template: Arc<Template>) -> Self {
        Self { script, client, template, queues: Arc::default(), requests: Arc::default() }
    }
}

/// Answers one Invoke.
pub(crate) async fn invoke(endpoint: &Endpoint, name: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let function = function_name(name);
    if !endpoint.script.knows(&function) {
        let message = format!("Function not found: arn:aws:lambda:us-east-1:000000000000:function:{function}");
        return rest_error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    }
    let asked = headers.get("x-amz-invocation-type").map_or(Ok("RequestResponse"), |kind| kind.to_str());
    let kind = match asked.unwrap_or_default() {
        "RequestResponse" => InvocationType::RequestResponse,
        "Event" => InvocationType::Event,
        "DryRun" => return StatusCode::NO_CONTENT.into_response(),
        other => {
            let message = format!("{other:?} is no invocation type");
            return rest_error(StatusCode::BAD_REQUEST, "InvalidParameterValueException", &message);
        }
    };
    match refusal(endpoint, &function, kind, &body) {
        Some(refusal) => refusal,
        None => accept(endpoint.clone(), function, kind, body).await,
    }
}

fn refusal(endpoint: &Endpoint, function: &str, kind: InvocationType, body: &Bytes) -> Option<Response> {
    let limit = match kind {
        InvocationType::RequestResponse => SYNCHRONOUS_LIMIT,
        InvocationType::Event => ASYNCHRONOUS_LIMIT,
    };
    if body.len() > limit {
        let message =
            format!("{} byte payload is too large for the {kind:?} invocation type (limit {limit} bytes)", body.len());
        return Some(rest_error(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &message));
    }
    if !body.is_empty() && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err() {
        let message = "Could not parse request body into json";
        return Some(rest_error(StatusCode::BAD_REQUEST, "InvalidRequestContentException", message));
    }
    let throttled = endpoint.script.throttles(function);
    throttled.then(|| rest_error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded."))
}

async fn accept(endpoint: Endpoint, function: String, kind: InvocationType, body: Bytes) -> Response {
    let request_id = format!("00000000-0000-4000-8000-{:012x}", endpoint.requests.fetch_add(1, Ordering::Relaxed) + 1);
    let underway = endpoint.script.begin(&function, kind);
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    let running = tokio::spawn(run(endpoint, function, kind, body, underway));
    if kind == InvocationType::Event {
        let id = [(HeaderName::from_static("x-amzn-requestid"), request_id)];
        return (StatusCode::ACCEPTED, id).into_response();
    }
    let outcome = running.await.unwrap_or_else(|error| Outcome::Unreachable(error.to_string()));
    outcome.into_response(&request_id)
}

/// Runs the function, again if it failed and nobody waits who could do that.
async fn run(endpoint: Endpoint, function: String, kind: InvocationType, body: Bytes, underway: Underway) -> Outcome {
    let attempts = if kind == InvocationType::Event { ATTEMPTS_OF_AN_EVENT } else { 1 };
    let mut outcome = Outcome::Unreachable("not tried".to_owned());
    for _ in 0..attempts {
        outcome = attempt(&endpoint, &function, body.clone()).await;
        underway.attempted(outcome.ending(), Some(outcome.text()));
        if matches!(outcome, Outcome::Answered(_)) {
            break;
        }
    }
    outcome
}

/// One attempt. It ends at the function's timeout even if the process that had taken it was killed.
async fn attempt(endpoint: &Endpoint, function: &str, body: Bytes) -> Outcome {
    let _place = match endpoint.enter(function).await {
        Ok(place) => place,
        Err(error) => return Outcome::error("Runtime.ExitError", &format!("{error:#}")),
    };
    let timeout = endpoint.template.timeout(function).unwrap_or(Duration::from_secs(900));
    tokio::select! {
        outcome = ask_emulator(endpoint, function, body) => outcome,
        output = endpoint.script.until_gone(function) => {
            Outcome::error("Runtime.ExitError", &format!("every process of {function} has ended. It said:\n{output}"))
        }
        () = tokio::time::sleep(timeout) => {
            Outcome::error("Sandbox.Timedout", &format!("Task timed out after {}.00 seconds", timeout.as_secs()))
        }
    }
}

async fn ask_emulator(endpoint: &Endpoint, function: &str, body: Bytes) -> Outcome {
    let Some(emulator) = endpoint.script.emulator() else {
        return Outcome::Unreachable("no emulator: start one, and tell its address".to_owned());
    };
    let url = format!("{emulator}/2015-03-31/functions/{function}/invocations");
    let answered = async {
        let request = endpoint.client.post(url).header("content-type", "application/json").body(body);
        // The emulator writes a large answer in pieces, without TCP_NODELAY: its end would wait for a delayed ACK, 40 ms that
        // no Lambda takes. What is closed behind it does not wait.
        let answer = request.header("connection", "close").send().await?;
        let status = answer.status();
        Ok::<_, reqwest::Error>(Outcome::of(status, answer.bytes().await?))
    };
    answered.await.unwrap_or_else(|error| Outcome::Unreachable(format!("the emulator does not answer: {error:?}")))
}

impl Endpoint {
    /// Waits for a place among the invocations that the emulator takes of a function, and has a process there for it.
    pub(super) async fn enter(&self, function: &str) -> Result<OwnedSemaphorePermit> {
        let queue = self.queue(function);
        let place = Arc::clone(&queue).acquire_owned().await?;
        self.script.make_room(function, EMULATOR_QUEUE - queue.available_permits())?;
        Ok(place)
    }

    fn queue(&self, function: &str) -> Arc<Semaphore> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.entry(function.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(EMULATOR_QUEUE))).clone()
    }
}

/// The plain name out of a name, a `name:qualifier` or an ARN.
pub(super) fn function_name(asked: &str) -> String {
    let mut parts = asked.split(':');
    let name = if asked.starts_with("arn:") { parts.nth(6) } else { parts.next() };
    name.unwrap_or_default().to_owned()
}
