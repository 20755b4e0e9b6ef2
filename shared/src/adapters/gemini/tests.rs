use proptest::prelude::*;
use reqwest::header::HeaderMap;

use super::*;
use crate::{
    adapters::model_http::{answer, hostile_bodies},
    domain::{Priority, prompt::AnswerFormat},
};

const ANSWER: &str = r#"{"summaries":[{"member":"m1","summary":"Ann sailed."}]}"#;

/// What comes of a body that the API sends, `gemini/fixtures/<name>.json`.
macro_rules! fixture {
    ($status:literal, $name:literal) => {
        said(&answer($status, include_str!(concat!("fixtures/", $name, ".json"))))
    };
}

/// The text of an answer, however it ended.
fn said(answer: &RawAnswer) -> (Result<String, ModelError>, Usage) {
    let (outcome, tokens) = read(answer, Timestamp::now());
    (outcome.map(|answered| answered.text), tokens)
}

fn blocked(reason: &str) -> Result<String, ModelError> {
    Err(ModelError::Blocked { reason: reason.to_owned() })
}

fn limited(ms: u64) -> Result<String, ModelError> {
    Err(ModelError::RateLimited { retry_after: Some(std::time::Duration::from_millis(ms)) })
}

fn request(answer: AnswerFormat, model: &str) -> String {
    let model: ModelConfig = model.parse().unwrap();
    let prompt = Prompt { instructions: "do", data: "<day/>".into(), answer, members: 0, priority: Priority::Normal };
    serde_json::to_string_pretty(&GenerateContentRequest::new(&prompt, &model.options)).unwrap()
}

#[test]
fn the_request_asks_for_json_and_forbids_storing() {
    insta::assert_snapshot!(request(AnswerFormat::Summaries, "gemini:a"));
}

#[test]
fn the_request_has_the_options_of_its_model() {
    let model = "gemini:a?thinking=low&temperature=0.5&safety=BLOCK_ONLY_HIGH&max_output=2000";
    insta::assert_snapshot!(request(AnswerFormat::Text, model));
}

#[test]
fn gemma_is_told_everything_in_the_question() {
    insta::assert_snapshot!(request(AnswerFormat::Summaries, "gemini:gemma-4-31b-it"));
}

#[test]
fn an_answer_is_the_text_without_thoughts_and_its_tokens_are_told_apart() {
    let (text, tokens) = fixture!(200, "answer");
    assert_eq!(text.unwrap(), ANSWER);
    assert_eq!((tokens.prompt_tokens, tokens.output_tokens, tokens.thought_tokens), (400, 12, 100));
    assert_eq!(tokens.cached_tokens, 300);
}

#[test]
fn what_is_no_answer_says_why_and_what_it_cost() {
    for ((outcome, tokens), expected, cost) in [
        (fixture!(200, "prompt_blocked"), blocked("PROHIBITED_CONTENT"), 400),
        (fixture!(200, "safety"), blocked("SAFETY"), 400),
        (fixture!(200, "recitation"), blocked("RECITATION"), 400),
        (fixture!(200, "max_tokens_cut"), Err(ModelError::TooLong), 512),
        (fixture!(200, "max_tokens_without_text"), Err(ModelError::TooLong), 8_591),
        (fixture!(200, "malformed_response"), Err(ModelError::Malformed), 512),
        (fixture!(200, "stop_without_text"), Err(model_http::unavailable("its answer has no text (STOP)")), 400),
        (fixture!(400, "prompt_too_long"), Err(ModelError::TooLong), 0),
        (fixture!(503, "overloaded"), Err(model_http::unavailable("503 Service Unavailable")), 0),
    ] {
        assert_eq!((outcome, tokens.tokens()), (expected, cost));
    }
}

#[test]
fn rule_10_a_rate_limit_says_when_to_retry() {
    for (outcome, expected) in [
        (fixture!(429, "rate_limited"), limited(20_500)),
        (fixture!(429, "rate_limited_per_day"), Err(ModelError::DailyQuota)),
        (fixture!(429, "rate_limited_without_delay"), Err(ModelError::RateLimited { retry_after: None })),
        (fixture!(429, "rate_limited_in_words"), limited(20_040)),
        (fixture!(429, "rate_limited_bare"), Err(ModelError::RateLimited { retry_after: None })),
    ] {
        assert_eq!(outcome.0, expected);
    }
}

#[test]
fn what_only_the_operator_can_change_says_what_to_check() {
    for ((outcome, _), advice) in [
        (fixture!(400, "key_invalid"), "400 Bad Request; check the API key"),
        (fixture!(404, "model_unknown"), "404 Not Found; check the model's name"),
    ] {
        let Err(ModelError::Refused { reason }) = outcome else { panic!("{advice}") };
        assert!(reason.starts_with(advice), "{reason}");
    }
}

#[test]
fn what_comes_tomorrow_breaks_nothing() {
    let (text, tokens) = fixture!(200, "unknown_values");
    assert_eq!((text.unwrap().as_str(), tokens.prompt_tokens, tokens.output_tokens), (ANSWER, 400, 0));
    let (outcome, _) = said(&answer(200, r#"{"promptFeedback":{"blockReason":"you said hush"}}"#));
    assert_eq!(outcome, blocked("unknown reason"), "only a word of theirs is repeated");
}

#[test]
fn a_body_that_is_no_answer_is_a_passing_failure() {
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "<html>",
        r#"{"candidates":null}"#,
        &format!("{{\"candidates\":{}", "[".repeat(10_000)),
    ] {
        let (outcome, _) = said(&answer(200, body));
        assert!(matches!(outcome, Err(ModelError::Unavailable { .. })), "{body}");
    }
    for status in [408, 500, 502, 504] {
        assert!(matches!(said(&answer(status, "oops")).0, Err(ModelError::Unavailable { .. })), "{status}");
    }
}

proptest! {
    #[test]
    fn no_body_whatever_breaks_the_decoder(
        status in prop_oneof![Just(200), Just(429), Just(400), 200..600u16],
        body in hostile_bodies(&[
            include_str!("fixtures/answer.json"),
            include_str!("fixtures/unknown_values.json"),
            include_str!("fixtures/prompt_blocked.json"),
            include_str!("fixtures/rate_limited.json"),
            include_str!("fixtures/rate_limited_in_words.json"),
        ]),
    ) {
        let status = reqwest::StatusCode::from_u16(status).unwrap();
        let (outcome, _) = said(&RawAnswer { status, headers: HeaderMap::new(), body });
        if let Ok(text) = &outcome {
            prop_assert!(status.is_success() && !text.trim().is_empty());
        }
        if let Err(error) = outcome {
            prop_assert!(!error.to_string().contains("hush"), "{}", error);
        }
    }
}
