//! Against an emulator of a few lines, which fails in the ways of cargo-lambda's.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_lambda::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
    primitives::Blob,
};
use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse, routing::post};
use serde_json::{Value, json};

use super::*;
use crate::{LocalCloud, Nowhere, Options, http::listen};

/// What it was called with, `calls` times so far.
async fn emulator() -> (String, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let answer = move |Path(name): Path<String>, body: String| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            let event: Value = serde_json::from_str(&body).unwrap();
            match event["do"].as_str() {
                Some("fail") => {
                    let error = json!({"errorType": "RateLimited", "errorMessage": "slow down"}).to_string();
                    (StatusCode::INTERNAL_SERVER_ERROR, error).into_response()
                }
                Some("hang") => std::future::pending().await,
                _ => json!({"function": name, "event": event}).to_string().into_response(),
            }
        }
    };
    let app = Router::new().route("/2015-03-31/functions/{name}/invocations", post(answer));
    let listener = listen(0).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, calls)
}

async fn started() -> (LocalCloud, Client, Arc<AtomicUsize>) {
    started_with(Options::default()).await
}

async fn started_with(options: Options) -> (LocalCloud, Client, Arc<AtomicUsize>) {
    let cloud = LocalCloud::start(options).unwrap();
    let (url, calls) = emulator().await;
    cloud.lambda().set_emulator(&url);
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(cloud.url())
        .retry_config(RetryConfig::disabled())
        .build();
    (cloud, Client::from_conf(config), calls)
}

fn payload(value: &Value) -> Blob {
    Blob::new(value.to_string())
}

#[tokio::test]
async fn an_answer_is_passed_on() {
    let (cloud, client, _) = started().await;

    let answer = client.invoke().function_name("people").payload(payload(&json!({"a": 1}))).send().await.unwrap();

    assert_eq!((answer.status_code(), answer.function_error()), (200, None));
    assert_eq!(answer.executed_version(), Some("$LATEST"));
    let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(body, json!({"function": "people", "event": {"a": 1}}));
    let invocation = &cloud.lambda().invocations()[0];
    assert_eq!((invocation.kind, &invocation.ending), (InvocationType::RequestResponse, &Some(Ending::Answered)));
    assert_eq!(cloud.counters().lambda_invocations, [("people".to_owned(), 1)].into());
}

#[tokio::test]
async fn a_function_error_is_a_200_that_says_so() {
    let (cloud, client, calls) = started().await;

    let answer = client.invoke().function_name("people").payload(payload(&json!({"do": "fail"}))).send().await.unwrap();

    assert_eq!((answer.status_code(), answer.function_error()), (200, Some("Unhandled")));
    let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(body["errorType"], "RateLimited");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(cloud.lambda().invocations()[0].ending, Some(Ending::FunctionError("RateLimited".to_owned())));
}

#[tokio::test]
async fn an_event_is_accepted_at_once_and_tried_three_times() {
    let (cloud, client, calls) = started().await;

    let event = client.invoke().function_name("people").invocation_type("Event".into());
    let answer = event.payload(payload(&json!({"do": "fail"}))).send().await.unwrap();
    assert_eq!(answer.status_code(), 202);
    assert!(answer.payload().is_none_or(|payload| payload.as_ref().is_empty()));
    cloud.lambda().wait_until_idle().await;

    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!(cloud.lambda().invocations()[0].attempts, 3);
    assert_eq!(cloud.counters().invocations(), 1);
}

#[tokio::test]
async fn an_event_does_not_wait_for_the_function() {
    let (cloud, client, _) = started().await;
    let event = client.invoke().function_name("people").invocation_type("Event".into());
    let answer = event.payload(payload(&json!({"do": "hang"}))).send().await.unwrap();
    assert_eq!(answer.status_code(), 202);
    assert_eq!(cloud.lambda().invocations()[0].ended, None);
}

#[tokio::test]
async fn an_unknown_function_and_a_dry_run_call_nobody() {
    let (_cloud, client, calls) = started().await;
    let error = client.invoke().function_name("nobody").send().await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
    let dry = client.invoke().function_name("people").invocation_type("DryRun".into()).send().await.unwrap();
    assert_eq!(dry.status_code(), 204);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn payloads_have_their_limits() {
    let (_cloud, client, _) = started().await;
    let of_size = |megabytes: usize| payload(&json!({"text": "x".repeat(megabytes * 1024 * 1024)}));

    let synchronous = client.invoke().function_name("people").payload(of_size(6)).send().await.unwrap_err();
    assert!(synchronous.into_service_error().is_request_too_large_exception());
    let event = client.invoke().function_name("people").invocation_type("Event".into());
    let asynchronous = event.payload(of_size(1)).send().await.unwrap_err();
    assert!(asynchronous.into_service_error().is_request_too_large_exception());
    let no_json = client.invoke().function_name("people").payload(Blob::new("{")).send().await.unwrap_err();
    assert!(no_json.into_service_error().is_invalid_request_content_exception());
}

#[tokio::test]
async fn scripted_throttling_refuses_the_next_ones() {
    let (cloud, client, calls) = started().await;
    cloud.lambda().throttle_next("people", 1);

    let error = client.invoke().function_name("people").send().await.unwrap_err();
    assert_eq!(error.code(), Some("TooManyRequestsException"));
    client.invoke().function_name("people").send().await.unwrap();

    assert_eq!((calls.load(Ordering::SeqCst), cloud.counters().invocations()), (1, 1));
}

#[tokio::test]
async fn a_function_without_processes_fails_its_callers_with_its_last_words() {
    let (cloud, client, _) = started().await;
    let waiting = client.invoke().function_name("people").payload(payload(&json!({"do": "hang"}))).send();
    let waiting = tokio::spawn(waiting);
    cloud.lambda().function_is_gone("people", "MEMORY_TABLE is missing");

    let answer = waiting.await.unwrap().unwrap();

    assert_eq!(answer.function_error(), Some("Unhandled"));
    let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(body["errorType"], "Runtime.ExitError");
    assert!(body["errorMessage"].as_str().unwrap().contains("MEMORY_TABLE is missing"));
}

#[tokio::test]
async fn a_function_goes_on_when_its_caller_has_left() {
    let (cloud, client, calls) = started().await;
    let call = tokio::spawn(client.invoke().function_name("people").payload(payload(&json!({"do": "hang"}))).send());
    while calls.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }

    call.abort();
    let _ = call.await;
    client.invoke().function_name("people").send().await.unwrap();

    assert_eq!(cloud.lambda().invocations()[0].ended, None);
}

#[tokio::test]
async fn a_qualified_name_or_an_arn_names_the_same_function() {
    let (cloud, client, _) = started().await;
    for name in ["people:$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:people"] {
        client.invoke().function_name(name).send().await.unwrap();
    }
    assert_eq!(cloud.counters().lambda_invocations["people"], 2);
}

#[tokio::test]
async fn an_invocation_ends_at_the_functions_timeout() {
    let template = "
Resources:
  PeopleFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: people } }
    Properties: { Timeout: 0 }
";
    let template = Some(crate::Template::parse(template).unwrap());
    let (_cloud, client, _) = started_with(Options { template, ..Options::default() }).await;

    let hanging = client.invoke().function_name("people").payload(payload(&json!({"do": "hang"})));
    let answer = hanging.send().await.unwrap();

    assert_eq!(answer.function_error(), Some("Unhandled"));
    let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(body["errorType"], "Sandbox.Timedout");
}

#[tokio::test]
async fn without_an_emulator_the_caller_is_told() {
    let (cloud, client, _) = started().await;
    let nowhere = Nowhere::new().unwrap();
    cloud.lambda().set_emulator(nowhere.url());
    let error = client.invoke().function_name("people").send().await.unwrap_err();
    assert_eq!(error.code(), Some("ServiceException"));
    assert_eq!(cloud.lambda().invocations()[0].ending, Some(Ending::Unreachable));
}

#[tokio::test]
async fn a_configuration_tells_what_a_function_was_started_with_and_no_keys() {
    let (cloud, client, _) = started().await;
    let variables = async || {
        let found = client.get_function_configuration().function_name("sync_messages").send().await.unwrap();
        assert_eq!((found.timeout(), found.code_sha256()), (Some(540), None));
        found.environment.unwrap().variables.unwrap()
    };
    let before = variables().await;
    assert_eq!(
        (&before["MEMORY_TABLE"], &before["DISCORD_BASE_URL"]),
        (&"MemoryTable".to_owned(), &cloud.url().to_owned())
    );
    assert!(before.keys().all(|name| !name.starts_with("AWS_")), "{before:?}");

    let started = [("DISCORD_BOT_TOKEN", "secret"), ("DISCORD_GUILDS", "7")];
    let started = started.map(|(name, value)| (name.to_owned(), value.to_owned()));
    cloud.lambda().set_environment("sync_messages", started.into());
    assert_eq!(variables().await, [("DISCORD_GUILDS".to_owned(), "7".to_owned())].into());

    let error = client.get_function_configuration().function_name("nobody").send().await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
}
