//! Through the SDK, from the bytes that it sends to the bytes that it reads.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_bedrockruntime::config::{
    Credentials, HttpClient, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    adapters::model_http::hostile_bodies,
    domain::{Priority, prompt::AnswerFormat},
    ports::ModelError,
};

const MODEL: &str = "bedrock:eu.amazon.nova-lite-v1:0";
const ANSWER: &str = r#"{"summaries":[{"member":"m1","summary":"Ann sailed."}]}"#;

/// Answers every request in the same way, and keeps what it was sent.
#[derive(Debug, Clone)]
struct Amazon {
    status: u16,
    exception: Option<&'static str>,
    body: Vec<u8>,
    requests: Arc<Mutex<Vec<Sent>>>,
}

/// The address and the body of a request.
type Sent = (String, Vec<u8>);

impl Amazon {
    fn new(status: u16, exception: Option<&'static str>, body: impl Into<Vec<u8>>) -> Self {
        Self { status, exception, body: body.into(), requests: Arc::default() }
    }

    /// What comes of asking that model.
    async fn ask(&self, model: &str, answer: AnswerFormat) -> ModelResponse {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("k", "s", None, None, "tests")))
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let model = BedrockModel::new(client(&config, Duration::from_secs(5)), &model.parse().unwrap());
        let prompt =
            Prompt { instructions: "do", data: "<day/>".into(), answer, members: 0, priority: Priority::Normal };
        model.generate(&prompt).await
    }
}

impl HttpClient for Amazon {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Amazon {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sent = (request.uri().to_owned(), request.body().bytes().unwrap_or_default().to_vec());
        self.requests.lock().unwrap().push(sent);
        let mut response = HttpResponse::new(self.status.try_into().unwrap(), self.body.clone().into());
        if let Some(exception) = self.exception {
            response.headers_mut().insert("x-amzn-errortype", format!("{exception}:http://internal.amazon.com/"));
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// What comes of an answer, `bedrock/fixtures/<name>.json`.
macro_rules! answered {
    ($name:literal) => {
        response_to(200, None, include_str!(concat!("fixtures/", $name, ".json"))).await
    };
}

/// Why there is no answer, `bedrock/fixtures/<name>.json`.
macro_rules! refused {
    ($status:literal, $exception:literal, $name:literal) => {
        response_to($status, Some($exception), include_str!(concat!("fixtures/", $name, ".json")))
            .await
            .outcome
            .map(|completion| completion.text)
            .unwrap_err()
    };
}

async fn response_to(status: u16, exception: Option<&'static str>, body: impl Into<Vec<u8>>) -> ModelResponse {
    Amazon::new(status, exception, body).ask(MODEL, AnswerFormat::Summaries).await
}

/// What was sent, for that model: its address and its body.
async fn request(model: &str) -> (String, String) {
    let amazon = Amazon::new(200, None, include_str!("fixtures/answer.json"));
    amazon.ask(model, AnswerFormat::Summaries).await;
    let (address, body) = amazon.requests.lock().unwrap().pop().unwrap();
    (address, serde_json::to_string_pretty(&serde_json::from_slice::<Value>(&body).unwrap()).unwrap())
}

#[tokio::test]
async fn the_request_has_system_and_question_and_nothing_that_some_model_would_refuse() {
    insta::assert_snapshot!(request(MODEL).await.1);
}

#[tokio::test]
async fn the_request_has_the_options_of_its_model() {
    let options = "json=schema&system=off&thinking=low&temperature=0.5&max_output=2000";
    insta::assert_snapshot!(request(&format!("{MODEL}?{options}")).await.1);
}

#[tokio::test]
async fn a_model_is_asked_by_its_id_whatever_is_in_it() {
    const HOST: &str = "https://bedrock-runtime.eu-central-1.amazonaws.com";
    for (model, segment) in [
        ("anthropic.claude-x-v1:0", "anthropic.claude-x-v1%3A0"),
        (
            "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2",
            "arn%3Aaws%3Abedrock%3Aeu-central-1%3A111122223333%3Aapplication-inference-profile%2Fa1b2",
        ),
    ] {
        let (address, _) = request(&format!("bedrock:{model}")).await;
        assert_eq!(address, format!("{HOST}/model/{segment}/converse"));
    }
}

#[tokio::test]
async fn an_answer_is_its_text_and_never_what_was_thought() {
    for (what, response) in [
        ("an answer", answered!("answer")),
        ("thoughts in blocks of their own", answered!("thoughts")),
        ("thoughts aloud", answered!("thoughts_aloud")),
        ("in parts", answered!("in_parts")),
        ("values of tomorrow", answered!("unknown_values")),
    ] {
        let tokens = (response.usage.prompt_tokens, response.usage.output_tokens, response.usage.calls);
        assert_eq!(tokens, (400, 112, 1), "{what}: a cache is counted too");
        let completion = response.outcome.unwrap();
        assert_eq!((completion.text.as_str(), completion.model.as_str()), (ANSWER, MODEL), "{what}");
        assert_eq!(completion.is_whole, what != "values of tomorrow", "{what}");
    }
}

#[tokio::test]
async fn what_is_no_answer_says_why() {
    let no_text = Err(model_http::unavailable("its answer has no text (end_turn)"));
    let blocked = |reason: &str| Err(ModelError::Blocked { reason: reason.to_owned() });
    for (response, expected) in [
        (answered!("max_tokens"), Err(ModelError::TooLong)),
        (answered!("context_window"), Err(ModelError::TooLong)),
        (answered!("guardrail"), blocked("guardrail_intervened")),
        (answered!("content_filtered"), blocked("content_filtered")),
        (answered!("malformed"), Err(ModelError::Malformed)),
        (answered!("tool_use"), Err(ModelError::Malformed)),
        (answered!("thoughts_alone"), no_text.clone()),
        (answered!("empty"), no_text),
    ] {
        assert_eq!((response.usage.prompt_tokens, response.usage.failures), (400, 1), "it is paid all the same");
        assert_eq!(response.outcome.map(|completion| completion.text), expected);
    }
}

#[tokio::test]
async fn rule_10_what_passes_is_asked_again_and_says_no_time() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let limited = |retry_after| ModelError::RateLimited { retry_after };
    for (error, expected) in [
        (refused!(429, "ThrottlingException", "throttled"), limited(None)),
        (refused!(429, "ThrottlingException", "throttled_tokens"), limited(None)),
        (refused!(429, "ThrottlingException", "throttled_day"), limited(Some(HOUR))),
        (refused!(400, "ServiceQuotaExceededException", "throttled"), limited(Some(HOUR))),
        (refused!(400, "ValidationException", "too_long"), ModelError::TooLong),
        (refused!(400, "ValidationException", "too_long_claude"), ModelError::TooLong),
        (refused!(424, "ModelErrorException", "too_long"), ModelError::TooLong),
        (refused!(424, "ModelErrorException", "model_failed"), model_http::unavailable("424 Failed Dependency")),
        (refused!(429, "ModelNotReadyException", "not_ready"), model_http::unavailable("429 Too Many Requests")),
        (refused!(408, "ModelTimeoutException", "model_failed"), model_http::unavailable("408 Request Timeout")),
        (
            refused!(503, "ServiceUnavailableException", "model_failed"),
            model_http::unavailable("503 Service Unavailable"),
        ),
        (
            refused!(500, "InternalServerException", "model_failed"),
            model_http::unavailable("500 Internal Server Error"),
        ),
    ] {
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn what_only_the_operator_can_change_says_what_to_do() {
    for (error, advice) in [
        (refused!(403, "AccessDeniedException", "no_policy"), "BedrockModelArns"),
        (refused!(403, "AccessDeniedException", "no_access"), "given access to this model in this region"),
        (refused!(404, "ResourceNotFoundException", "form_missing"), "given access to this model in this region"),
        (refused!(404, "ResourceNotFoundException", "model_failed"), "check its id, and AWS_REGION"),
        (refused!(400, "ValidationException", "unknown_model"), "check its id, and AWS_REGION"),
        (refused!(400, "ValidationException", "no_profile"), "bedrock:eu. or bedrock:us. before its id"),
        (refused!(400, "ValidationException", "no_schema"), "leave json out"),
        (refused!(403, "UnrecognizedClientException", "model_failed"), "check the AWS credentials"),
    ] {
        assert!(matches!(&error, ModelError::Refused { reason } if reason.contains(advice)), "{advice}: {error}");
    }
}

#[tokio::test]
async fn it_is_asked_once_however_it_fails() {
    let amazon = Amazon::new(500, Some("InternalServerException"), include_str!("fixtures/model_failed.json"));
    amazon.ask(MODEL, AnswerFormat::Text).await;
    assert_eq!(amazon.requests.lock().unwrap().len(), 1, "the chain decides who is asked next");
}

#[tokio::test]
async fn a_body_that_is_no_answer_is_a_passing_failure() {
    for body in ["", "{", "[]", "null", "{}", "<html>", r#"{"output":null}"#, r#"{"output":{"message":7}}"#] {
        let outcome = response_to(200, None, body).await.outcome.map(|completion| completion.text);
        assert!(matches!(outcome, Err(ModelError::Unavailable { .. })), "{body}: {outcome:?}");
    }
}

proptest! {
    #[test]
    fn no_body_whatever_breaks_the_decoder(
        status in prop_oneof![Just(200), Just(429), Just(400), 200..600u16],
        body in hostile_bodies(&[
            include_str!("fixtures/answer.json"),
            include_str!("fixtures/thoughts.json"),
            include_str!("fixtures/unknown_values.json"),
            include_str!("fixtures/no_policy.json"),
        ]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(response_to(status, None, body)).outcome;
        if let Ok(completion) = &outcome {
            prop_assert!((200..300).contains(&status) && !completion.text.trim().is_empty());
        }
        if let Err(error) = outcome {
            prop_assert!(!error.to_string().contains("hush"), "{}", error);
        }
    }
}
