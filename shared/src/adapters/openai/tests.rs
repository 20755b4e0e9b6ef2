use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    adapters::model_http::{answer, hostile_bodies},
    domain::{Priority, prompt::AnswerFormat},
};

const ANSWER: &str = r#"{"summaries":[{"member":"m1","summary":"Ann sailed."}]}"#;

/// What comes of a body that a server sends, `openai/fixtures/<name>.json`.
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

fn request(answer: AnswerFormat, model: &str) -> String {
    let model: ModelConfig = model.parse().unwrap();
    let prompt = Prompt { instructions: "do", data: "<day/>".into(), answer, members: 0, priority: Priority::Normal };
    serde_json::to_string_pretty(&ChatRequest::new(model.name.name(), &prompt, &model.options, model.options.json))
        .unwrap()
}

#[test]
fn the_request_asks_for_the_schema() {
    insta::assert_snapshot!(request(AnswerFormat::Summaries, "openai:owner/model:free"));
}

#[test]
fn the_request_has_the_options_of_its_model() {
    let model =
        "openai:qwen3?json=off&system=off&thinking=low&temperature=0.5&max_output=2000&tokens=max_completion_tokens";
    insta::assert_snapshot!(request(AnswerFormat::Summaries, model));
}

#[test]
fn every_servers_answer_is_read() {
    for (server, (text, tokens), thoughts) in [
        ("openai", fixture!(200, "openai"), 100),
        ("ollama", fixture!(200, "ollama"), 0),
        ("vllm", fixture!(200, "vllm"), 0),
        ("openrouter", fixture!(200, "openrouter"), 100),
        ("content in parts", fixture!(200, "content_in_parts"), 0),
        ("thoughts aloud", fixture!(200, "thoughts_aloud"), 0),
    ] {
        assert_eq!(text.as_deref(), Ok(ANSWER), "{server}");
        let expected = (400, 112 - thoughts, thoughts);
        assert_eq!((tokens.prompt_tokens, tokens.output_tokens, tokens.thought_tokens), expected, "{server}");
        assert_eq!(tokens.cached_tokens, if server == "openai" { 300 } else { 0 }, "{server}");
    }
    let (fenced, _) = fixture!(200, "llama_cpp");
    assert_eq!(fenced.unwrap(), format!("```json\n{ANSWER}\n```"), "the reader of summaries finds it");
}

#[test]
fn thoughts_are_a_part_of_the_answer_or_on_top_of_it_as_the_total_says() {
    for (completion, total, output) in [(257, 289, 9), (9, 289, 9), (257, 0, 9)] {
        let usage = json!({"prompt_tokens": 32, "completion_tokens": completion, "total_tokens": total,
            "completion_tokens_details": {"reasoning_tokens": 248}});
        let completion: ChatCompletion = serde_json::from_value(json!({"usage": usage})).unwrap();
        let tokens = completion.tokens();
        assert_eq!((tokens.prompt_tokens, tokens.output_tokens, tokens.thought_tokens), (32, output, 248), "{usage}");
    }
}

#[test]
fn what_is_no_answer_says_why() {
    for ((outcome, _), expected) in [
        (fixture!(200, "length"), Err(ModelError::TooLong)),
        (fixture!(200, "content_filter"), blocked("content_filter")),
        (fixture!(200, "refusal"), blocked("refusal")),
        (fixture!(200, "stop_without_text"), Err(model_http::unavailable("its answer has no text (stop)"))),
        (fixture!(200, "thoughts_without_end"), Err(model_http::unavailable("its answer has no text (stop)"))),
        (fixture!(200, "openrouter_error_in_answer"), Err(model_http::unavailable("502 Bad Gateway"))),
        (fixture!(503, "loading_llama_cpp"), Err(model_http::unavailable("503 Service Unavailable"))),
        (fixture!(400, "too_long_openai"), Err(ModelError::TooLong)),
        (fixture!(400, "too_long_llama_cpp"), Err(ModelError::TooLong)),
        (fixture!(400, "too_long_vllm"), Err(ModelError::TooLong)),
        (fixture!(403, "moderated"), blocked("a filter of the API")),
    ] {
        assert_eq!(outcome, expected);
    }
}

#[test]
fn a_failure_costs_what_it_says() {
    let (_, tokens) = fixture!(200, "length");
    assert_eq!((tokens.prompt_tokens, tokens.output_tokens), (400, 112));
}

#[test]
fn rule_10_a_rate_limit_says_when_to_retry() {
    let unsaid = ModelError::RateLimited { retry_after: None };
    let no_credit = ModelError::NoCredit { reason: "the account has no credit left".to_owned() };
    assert_eq!(fixture!(429, "no_credit").0, Err(no_credit));
    assert_eq!(fixture!(200, "openrouter_error_with_200").0, Err(unsaid));
    let in_its_words = ModelError::RateLimited { retry_after: Some(std::time::Duration::from_secs(20)) };
    assert_eq!(fixture!(429, "rate_limited_openai").0, Err(in_its_words));

    let now: Timestamp = "2026-11-22T23:00:00Z".parse().unwrap();
    let openrouter = answer(429, include_str!("fixtures/rate_limited_openrouter.json"));
    let until_midnight = ModelError::RateLimited { retry_after: Some(std::time::Duration::from_secs(3_600)) };
    assert_eq!(read(&openrouter, now).0, Err(until_midnight));
}

#[test]
fn what_only_the_operator_can_change_says_what_to_check() {
    for ((outcome, _), advice) in [
        (fixture!(401, "key_invalid"), "401 Unauthorized; check the API key"),
        (fixture!(404, "model_unknown_ollama"), "404 Not Found; check the model's name and the base URL"),
        (said(&answer(402, "")), "402 Payment Required; the account has no credit left"),
    ] {
        assert_eq!(outcome, Err(ModelError::Refused { reason: advice.to_owned() }));
    }
}

#[test]
fn what_comes_tomorrow_breaks_nothing() {
    let (text, tokens) = fixture!(200, "unknown_values");
    assert_eq!((text.unwrap().as_str(), tokens.prompt_tokens, tokens.output_tokens), (ANSWER, 400, 0));
}

#[test]
fn a_body_that_is_no_answer_is_a_passing_failure() {
    for body in ["", "{", "[]", "null", "{}", "<html>", r#"{"choices":[null]}"#, r#"{"choices":[{}]}"#] {
        assert!(matches!(said(&answer(200, body)).0, Err(ModelError::Unavailable { .. })), "{body}");
    }
}

proptest! {
    #[test]
    fn no_body_whatever_breaks_the_decoder(
        status in prop_oneof![Just(200), Just(429), Just(400), 200..600u16],
        body in hostile_bodies(&[
            include_str!("fixtures/openai.json"),
            include_str!("fixtures/unknown_values.json"),
            include_str!("fixtures/content_in_parts.json"),
            include_str!("fixtures/thoughts_aloud.json"),
            include_str!("fixtures/openrouter_error_in_answer.json"),
            include_str!("fixtures/rate_limited_openrouter.json"),
        ]),
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let (outcome, _) = said(&RawAnswer { status, headers: reqwest::header::HeaderMap::new(), body });
        if let Ok(text) = &outcome {
            prop_assert!(status.is_success() && !text.trim().is_empty());
        }
        if let Err(error) = outcome {
            prop_assert!(!error.to_string().contains("hush"), "{}", error);
        }
    }
}
