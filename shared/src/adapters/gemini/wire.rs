//! What goes over the wire. Unknown fields and values are ignored, so that the API can grow.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::prompt::{AnswerFormat, Prompt},
    ports::ModelError,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GenerateContentRequest<'a> {
    system_instruction: Content<'a>,
    contents: [Content<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Value>,
    /// Chat is not Google's to keep.
    store: bool,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: [TextPart<'a>; 1],
}

#[derive(Serialize)]
struct TextPart<'a> {
    text: &'a str,
}

impl<'a> GenerateContentRequest<'a> {
    pub(super) fn new(prompt: &'a Prompt) -> Self {
        Self {
            system_instruction: Content { role: None, parts: [TextPart { text: prompt.instructions }] },
            contents: [Content { role: Some("user"), parts: [TextPart { text: &prompt.data }] }],
            generation_config: generation_config(prompt.answer),
            store: false,
        }
    }
}

fn generation_config(answer: AnswerFormat) -> Option<Value> {
    match answer {
        AnswerFormat::Text => None,
        AnswerFormat::Summaries => Some(json!({
            "responseMimeType": "application/json",
            "responseJsonSchema": summaries_schema(),
        })),
    }
}

fn summaries_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "properties": {"summaries": {"type": "array", "items": {
            "type": "object",
            "properties": {"member": text, "summary": text},
            "required": ["member", "summary"],
        }}},
        "required": ["summaries"],
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GenerateContentResponse {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<PromptFeedback>,
    #[serde(default)]
    usage_metadata: Usage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<CandidateContent>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct CandidateContent {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    block_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Usage {
    total_token_count: u64,
}

impl GenerateContentResponse {
    pub(super) fn tokens(&self) -> u64 {
        self.usage_metadata.total_token_count
    }

    /// The answer's text without thoughts, or why there is none.
    pub(super) fn into_text(self) -> Result<String, ModelError> {
        if let Some(reason) = self.prompt_feedback.and_then(|feedback| feedback.block_reason) {
            return Err(ModelError::Blocked { reason: known_word(&reason) });
        }
        let Some(candidate) = self.candidates.into_iter().next() else {
            return Err(ModelError::Unavailable { reason: "its answer is empty".to_owned() });
        };
        let reason = candidate.finish_reason.unwrap_or_default();
        match reason.as_str() {
            "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
                return Err(ModelError::Blocked { reason });
            }
            "MAX_TOKENS" => return Err(ModelError::Truncated),
            _ => {}
        }
        let parts = candidate.content.unwrap_or_default().parts.into_iter();
        let text: String = parts.filter(|part| !part.thought).map(|part| part.text).collect();
        if text.trim().is_empty() {
            let reason = format!("its answer has no text ({})", known_word(&reason));
            return Err(ModelError::Unavailable { reason });
        }
        Ok(text)
    }
}

/// A value of an enum of theirs; anything else could be text of ours.
fn known_word(value: &str) -> String {
    let is_word = value.len() <= 40 && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_word { value.to_owned() } else { "unknown reason".to_owned() }
}

#[derive(Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub(super) error: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    message: String,
    details: Vec<ErrorDetail>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorDetail {
    retry_delay: Option<String>,
    violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Violation {
    quota_id: String,
}

impl ApiError {
    /// What a 429 says: the quota of the day, else `google.rpc.RetryInfo`, else the quota of the minute, else the message.
    pub(super) fn rate_limit(&self) -> ModelError {
        if self.is_about("PerDay") {
            return ModelError::DailyQuota;
        }
        let delay = self.details.iter().find_map(|detail| seconds(detail.retry_delay.as_deref()?));
        let minute = || self.is_about("PerMinute").then_some(Duration::from_secs(60));
        ModelError::RateLimited { retry_after: delay.or_else(minute).or_else(|| self.retry_in()) }
    }

    fn is_about(&self, quota: &str) -> bool {
        let mut violations = self.details.iter().flat_map(|detail| &detail.violations);
        violations.any(|violation| violation.quota_id.contains(quota))
    }

    /// `Please retry in 20.04s.`
    fn retry_in(&self) -> Option<Duration> {
        let (_, rest) = self.message.split_once("retry in ")?;
        seconds(&rest[..=rest.find('s')?])
    }
}

/// `20s` or `20.5s`.
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(body: &str) -> Result<String, ModelError> {
        serde_json::from_str::<GenerateContentResponse>(body).unwrap().into_text()
    }

    #[test]
    fn the_answer_is_the_text_without_thoughts() {
        let body = include_str!("fixtures/answer.json");
        assert_eq!(text_of(body).unwrap(), r#"{"summaries":[{"member":"m1","summary":"Ann sailed."}]}"#);
        assert_eq!(serde_json::from_str::<GenerateContentResponse>(body).unwrap().tokens(), 512);
    }

    #[test]
    fn what_is_no_answer_says_why() {
        let blocked = |reason: &str| Err(ModelError::Blocked { reason: reason.into() });
        assert_eq!(
            text_of(r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#),
            blocked("PROHIBITED_CONTENT")
        );
        assert_eq!(text_of(r#"{"promptFeedback":{"blockReason":"you said hush"}}"#), blocked("unknown reason"));
        assert_eq!(text_of(r#"{"candidates":[{"finishReason":"SAFETY"}]}"#), blocked("SAFETY"));
        let cut = r#"{"candidates":[{"content":{"parts":[{"text":"{\"summ"}]},"finishReason":"MAX_TOKENS"}]}"#;
        assert_eq!(text_of(cut), Err(ModelError::Truncated));
        for empty in [r#"{"candidates":[{"finishReason":"STOP"}]}"#, "{}", r#"{"candidates":[{"content":{}}]}"#] {
            assert!(matches!(text_of(empty), Err(ModelError::Unavailable { .. })), "{empty}");
        }
    }

    #[test]
    fn a_finish_reason_of_tomorrow_does_not_matter() {
        let body =
            r#"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"BRAND_NEW","x":[1]}],"y":{}}"#;
        assert_eq!(text_of(body), Ok("hi".to_owned()));
    }

    #[test]
    fn rule_10_a_rate_limit_says_when_to_retry() {
        let read = |body: &str| serde_json::from_str::<ErrorBody>(body).unwrap().error.rate_limit();
        let after = |ms| ModelError::RateLimited { retry_after: Some(Duration::from_millis(ms)) };
        let full = include_str!("fixtures/rate_limited.json");
        assert_eq!(read(full), after(20_500));
        assert_eq!(read(&full.replace("PerMinute", "PerDay")), ModelError::DailyQuota);
        assert_eq!(read(&full.replace("retryDelay", "x")), after(60_000));
        assert_eq!(read(r#"{"error":{"message":"Please retry in 20.04s."}}"#), after(20_040));
        for body in ["{}", r#"{"error":{"message":"slow down","details":[{}]}}"#] {
            assert_eq!(read(body), ModelError::RateLimited { retry_after: None });
        }
    }

    #[test]
    fn the_request_asks_for_json_and_forbids_storing() {
        let prompt = Prompt { instructions: "do", data: "<day/>".into(), answer: AnswerFormat::Summaries };
        insta::assert_snapshot!(serde_json::to_string_pretty(&GenerateContentRequest::new(&prompt)).unwrap());
    }
}
