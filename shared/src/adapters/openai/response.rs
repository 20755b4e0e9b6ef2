//! An answer of `/chat/completions`. Servers differ in what they add, leave out and put null into; all of it is read.

use reqwest::StatusCode;
use serde::Deserialize;

use super::error::ApiError;
use crate::{
    adapters::model_http::{known_word, lenient, lenient_list, unavailable},
    domain::Usage,
    ports::ModelError,
};

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
