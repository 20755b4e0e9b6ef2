//! What goes over the wire. Unknown fields and values are ignored, so that the API can grow.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    adapters::model_http::{duration, known_word, lenient, lenient_list, unavailable},
    config::ModelOptions,
    domain::{
        Usage,
        prompt::{AnswerFormat, Prompt},
    },
    ports::ModelError,
};

/// What Gemini's filters look for. Each takes a threshold of its own; here all take the same.
const HARM_CATEGORIES: [&str; 4] = [
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GenerateContentRequest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Content<'a>>,
    contents: [Content<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    safety_settings: Vec<Value>,
    /// Chat is not Google's to keep.
    store: bool,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: Vec<TextPart<'a>>,
}

#[derive(Serialize)]
struct TextPart<'a> {
    text: &'a str,
}

impl<'a> GenerateContentRequest<'a> {
    pub(super) fn new(prompt: &'a Prompt, options: &ModelOptions) -> Self {
        let (instructions, data) = (TextPart { text: prompt.instructions }, TextPart { text: &prompt.data });
        let user = |parts| Content { role: Some("user"), parts };
        let (system_instruction, contents) = if options.system {
            (Some(Content { role: None, parts: vec![instructions] }), user(vec![data]))
        } else {
            (None, user(vec![instructions, data]))
        };
        let threshold = |threshold: &String| {
            HARM_CATEGORIES.map(|category| json!({"category": category, "threshold": threshold})).to_vec()
        };
        Self {
            system_instruction,
            contents: [contents],
            generation_config: generation_config(prompt.answer, options),
            safety_settings: options.safety.as_ref().map(threshold).unwrap_or_default(),
            store: false,
        }
    }
}

fn generation_config(answer: AnswerFormat, options: &ModelOptions) -> Option<Value> {
    let mut config = serde_json::Map::new();
    let mut set = |name: &str, value: Value| drop(config.insert(name.to_owned(), value));
    if let Some(schema) = answer.schema().filter(|_| options.json) {
        set("responseMimeType", json!("application/json"));
        set("responseJsonSchema", schema);
    }
    if let Some(level) = &options.thinking {
        set("thinkingConfig", json!({"thinkingLevel": level}));
    }
    if let Some(temperature) = options.temperature {
        set("temperature", json!(temperature));
    }
    if let Some(max_output) = options.max_output {
        set("maxOutputTokens", json!(max_output));
    }
    (!config.is_empty()).then_some(Value::Object(config))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GenerateContentResponse {
    #[serde(deserialize_with = "lenient_list")]
    candidates: Vec<Candidate>,
    #[serde(deserialize_with = "lenient")]
    prompt_feedback: PromptFeedback,
    #[serde(deserialize_with = "lenient")]
    usage_metadata: UsageMetadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    #[serde(deserialize_with = "lenient")]
    content: CandidateContent,
    #[serde(deserialize_with = "lenient")]
    finish_reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CandidateContent {
    #[serde(deserialize_with = "lenient_list")]
    parts: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Part {
    #[serde(deserialize_with = "lenient")]
    text: String,
    #[serde(deserialize_with = "lenient")]
    thought: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PromptFeedback {
    #[serde(deserialize_with = "lenient")]
    block_reason: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UsageMetadata {
    #[serde(deserialize_with = "lenient")]
    prompt_token_count: u64,
    #[serde(deserialize_with = "lenient")]
    candidates_token_count: u64,
    #[serde(deserialize_with = "lenient")]
    thoughts_token_count: u64,
}

impl GenerateContentResponse {
    pub(super) fn tokens(&self) -> Usage {
        Usage {
            prompt_tokens: self.usage_metadata.prompt_token_count,
            output_tokens: self.usage_metadata.candidates_token_count,
            thought_tokens: self.usage_metadata.thoughts_token_count,
            ..Usage::default()
        }
    }

    /// The answer's text without thoughts, or why there is none.
    pub(super) fn into_text(self) -> Result<String, ModelError> {
        let blocked = |reason: &str| Err(ModelError::Blocked { reason: known_word(reason) });
        if !matches!(self.prompt_feedback.block_reason.as_str(), "" | "BLOCK_REASON_UNSPECIFIED") {
            return blocked(&self.prompt_feedback.block_reason);
        }
        let Some(candidate) = self.candidates.into_iter().next() else {
            return Err(unavailable("its answer is empty"));
        };
        let reason = candidate.finish_reason;
        match reason.as_str() {
            "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
                return blocked(&reason);
            }
            "MAX_TOKENS" => return Err(ModelError::TooLong),
            "MALFORMED_RESPONSE" | "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" => {
                return Err(ModelError::Malformed);
            }
            _ => {}
        }
        let parts = candidate.content.parts.into_iter();
        let text: String = parts.filter(|part| !part.thought).map(|part| part.text).collect();
        if text.trim().is_empty() {
            return Err(unavailable(&format!("its answer has no text ({})", known_word(&reason))));
        }
        Ok(text)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    pub(super) error: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(deserialize_with = "lenient_list")]
    details: Vec<ErrorDetail>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorDetail {
    #[serde(deserialize_with = "lenient")]
    retry_delay: String,
    #[serde(deserialize_with = "lenient_list")]
    violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Violation {
    #[serde(deserialize_with = "lenient")]
    quota_id: String,
}

impl ApiError {
    /// What a 429 says: the quota of the day, else `google.rpc.RetryInfo`, else the quota of the minute, else the message.
    pub(super) fn rate_limit(&self) -> ModelError {
        if self.is_about("PerDay") {
            return ModelError::DailyQuota;
        }
        let delay = self.details.iter().find_map(|detail| duration(&detail.retry_delay));
        let minute = || self.is_about("PerMinute").then_some(Duration::from_secs(60));
        ModelError::RateLimited { retry_after: delay.or_else(minute).or_else(|| self.retry_in()) }
    }

    /// A 400 for a prompt that is longer than the model reads.
    pub(super) fn is_about_length(&self) -> bool {
        self.message.contains("token count") && self.message.contains("exceeds the maximum")
    }

    fn is_about(&self, quota: &str) -> bool {
        let mut violations = self.details.iter().flat_map(|detail| &detail.violations);
        violations.any(|violation| violation.quota_id.contains(quota))
    }

    /// `Please retry in 20.04s.`
    fn retry_in(&self) -> Option<Duration> {
        let (_, rest) = self.message.split_once("retry in ")?;
        duration(rest.split_whitespace().next()?.trim_end_matches('.'))
    }
}
