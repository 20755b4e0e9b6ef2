//! What goes over the wire. Servers differ in what they add, leave out and put null into; all of it is read.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    adapters::model_http::{known_word, lenient, lenient_list, unavailable},
    config::ModelOptions,
    domain::{
        Usage,
        prompt::{AnswerFormat, Prompt},
    },
    ports::ModelError,
};

#[derive(Serialize)]
pub(super) struct ChatRequest<'a> {
    model: &'a str,
    messages: Vec<ChatMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
    stream: bool,
}

#[derive(Serialize)]
struct ChatMessage<'a> {
    role: &'static str,
    content: std::borrow::Cow<'a, str>,
}

impl<'a> ChatRequest<'a> {
    pub(super) fn new(model: &'a str, prompt: &'a Prompt, options: &'a ModelOptions) -> Self {
        let messages = if options.system {
            vec![
                ChatMessage { role: "system", content: prompt.instructions.into() },
                ChatMessage { role: "user", content: prompt.data.as_str().into() },
            ]
        } else {
            let content = format!("{}\n\n{}", prompt.instructions, prompt.data);
            vec![ChatMessage { role: "user", content: content.into() }]
        };
        Self {
            model,
            messages,
            response_format: response_format(prompt.answer).filter(|_| options.json),
            temperature: options.temperature,
            max_tokens: options.max_output,
            reasoning_effort: options.thinking.as_deref(),
            stream: false,
        }
    }
}

fn response_format(answer: AnswerFormat) -> Option<Value> {
    let schema = answer.schema()?;
    Some(json!({"type": "json_schema", "json_schema": {"name": "summaries", "schema": schema, "strict": true}}))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatCompletion {
    #[serde(deserialize_with = "lenient_list")]
    choices: Vec<Choice>,
    #[serde(deserialize_with = "lenient")]
    usage: TokenCounts,
    #[serde(deserialize_with = "lenient")]
    error: Option<ApiError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    #[serde(deserialize_with = "lenient")]
    message: Message,
    #[serde(deserialize_with = "lenient")]
    finish_reason: String,
    #[serde(deserialize_with = "lenient")]
    error: Option<ApiError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    #[serde(deserialize_with = "lenient")]
    content: Content,
    #[serde(deserialize_with = "lenient")]
    refusal: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContentPart {
    #[serde(deserialize_with = "lenient")]
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenCounts {
    #[serde(deserialize_with = "lenient")]
    prompt_tokens: u64,
    #[serde(deserialize_with = "lenient")]
    completion_tokens: u64,
    #[serde(deserialize_with = "lenient")]
    completion_tokens_details: CompletionDetails,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    #[serde(deserialize_with = "lenient")]
    reasoning_tokens: u64,
}

impl ChatCompletion {
    /// `completion_tokens` includes the tokens of thoughts.
    pub(super) fn tokens(&self) -> Usage {
        let thought_tokens = self.usage.completion_tokens_details.reasoning_tokens;
        Usage {
            prompt_tokens: self.usage.prompt_tokens,
            output_tokens: self.usage.completion_tokens.saturating_sub(thought_tokens),
            thought_tokens,
            ..Usage::default()
        }
    }

    /// The status of an error that came with status 200.
    pub(super) fn status_of_error(&self) -> Option<StatusCode> {
        let of_choice = self.choices.first().and_then(|choice| choice.error.as_ref());
        self.error.as_ref().or(of_choice).map(ApiError::status)
    }

    /// The answer's text without thoughts, or why there is none.
    pub(super) fn into_text(self) -> Result<String, ModelError> {
        let Some(choice) = self.choices.into_iter().next() else {
            return Err(unavailable("its answer is empty"));
        };
        match choice.finish_reason.as_str() {
            "length" | "max_tokens" => return Err(ModelError::TooLong),
            "content_filter" => return Err(ModelError::Blocked { reason: "content_filter".to_owned() }),
            _ if !choice.message.refusal.trim().is_empty() => {
                return Err(ModelError::Blocked { reason: "refusal".to_owned() });
            }
            _ => {}
        }
        let text = match choice.message.content {
            Content::Text(text) => text,
            Content::Parts(parts) => parts.into_iter().map(|part| part.text).collect(),
        };
        match without_thoughts(&text).trim() {
            "" => Err(unavailable(&format!("its answer has no text ({})", known_word(&choice.finish_reason)))),
            text => Ok(text.to_owned()),
        }
    }
}

/// Models that think aloud do so first, in a tag, where the server does not take it out.
fn without_thoughts(text: &str) -> &str {
    match (text.trim_start().starts_with("<think>"), text.split_once("</think>")) {
        (true, Some((_, answer))) => answer,
        (true, None) => "",
        (false, _) => text,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    error: Option<ApiError>,
    /// vLLM's older form has no `error` around it.
    #[serde(flatten)]
    bare: ApiError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ApiError {
    #[serde(deserialize_with = "lenient")]
    message: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "lenient")]
    code: Value,
    #[serde(deserialize_with = "lenient")]
    metadata: Metadata,
}

/// What OpenRouter adds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(deserialize_with = "lenient")]
    headers: MetadataHeaders,
    #[serde(deserialize_with = "lenient")]
    reasons: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MetadataHeaders {
    /// Epoch milliseconds.
    #[serde(rename = "X-RateLimit-Reset", deserialize_with = "lenient")]
    reset: String,
}

impl ErrorBody {
    pub(super) fn into_error(self) -> ApiError {
        self.error.unwrap_or(self.bare)
    }
}

impl ApiError {
    /// The HTTP status it names, or 502: whatever stands between us and the model has failed.
    fn status(&self) -> StatusCode {
        let code = self.code.as_u64().and_then(|code| u16::try_from(code).ok());
        let status = code.and_then(|code| StatusCode::from_u16(code).ok());
        status.filter(|status| status.is_client_error() || status.is_server_error()).unwrap_or(StatusCode::BAD_GATEWAY)
    }

    fn says(&self, word: &str) -> bool {
        self.code == word || self.kind == word
    }

    pub(super) fn is_about_credit(&self) -> bool {
        self.says("insufficient_quota")
    }

    pub(super) fn is_about_moderation(&self) -> bool {
        self.metadata.reasons.is_some()
    }

    /// The prompt is longer than the model reads; each server says so in its own way.
    pub(super) fn is_about_length(&self) -> bool {
        self.says("context_length_exceeded")
            || self.says("exceed_context_size_error")
            || self.message.contains("maximum context length")
    }

    /// When a router's own quota is there again.
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let reset = Timestamp::from_millisecond(self.metadata.headers.reset.parse().ok()?).ok()?;
        Duration::try_from(reset.duration_since(now)).ok()
    }
}
