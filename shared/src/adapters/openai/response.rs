//! An answer of `/chat/completions`. Servers differ in what they add, leave out and put null into; all of it is read.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    adapters::model_http::{Answered, ending, known_word, lenient, lenient_list, unavailable, without_thoughts},
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
    error: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    #[serde(deserialize_with = "lenient")]
    message: Message,
    #[serde(deserialize_with = "lenient")]
    finish_reason: String,
    error: Value,
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

/// A part of an answer: its text, or what was thought on the way to it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ContentPart {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
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
    total_tokens: u64,
    #[serde(deserialize_with = "lenient")]
    completion_tokens_details: CompletionDetails,
    #[serde(deserialize_with = "lenient")]
    prompt_tokens_details: PromptDetails,
    /// As DeepSeek says it.
    #[serde(deserialize_with = "lenient")]
    prompt_cache_hit_tokens: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    #[serde(deserialize_with = "lenient")]
    cached_tokens: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    #[serde(deserialize_with = "lenient")]
    reasoning_tokens: u64,
}

impl ChatCompletion {
    /// `completion_tokens` includes the tokens of thoughts, but for servers whose total says that they come on top.
    pub(super) fn tokens(&self) -> Usage {
        let thought_tokens = self.usage.completion_tokens_details.reasoning_tokens;
        let TokenCounts { prompt_tokens, completion_tokens, total_tokens, .. } = self.usage;
        let is_on_top = total_tokens == prompt_tokens.saturating_add(completion_tokens).saturating_add(thought_tokens);
        let included = if is_on_top { 0 } else { thought_tokens };
        Usage {
            prompt_tokens,
            cached_tokens: self.usage.prompt_tokens_details.cached_tokens.max(self.usage.prompt_cache_hit_tokens),
            output_tokens: completion_tokens.saturating_sub(included),
            thought_tokens,
            ..Usage::default()
        }
    }

    /// Whether it is an error that came with status 200.
    pub(super) fn is_error(&self) -> bool {
        let is_there = |error: &Value| !matches!(error, Value::Null | Value::Bool(false)) && error != "";
        is_there(&self.error) || self.choices.first().is_some_and(|choice| is_there(&choice.error))
    }

    /// The answer's text without thoughts, or why there is none.
    pub(super) fn into_answer(self) -> Result<Answered, ModelError> {
        let Some(choice) = self.choices.into_iter().next() else {
            return Err(unavailable("its answer is empty"));
        };
        let ending = ending(&choice.finish_reason)?;
        if !choice.message.refusal.trim().is_empty() {
            return Err(ModelError::Blocked { reason: "refusal".to_owned() });
        }
        let text = match choice.message.content {
            Content::Text(text) => text,
            Content::Parts(parts) => parts.into_iter().filter(ContentPart::is_said).map(|part| part.text).collect(),
        };
        match without_thoughts(&text) {
            "" => Err(unavailable(&format!("its answer has no text ({})", known_word(&choice.finish_reason)))),
            text => Ok(Answered { text: text.to_owned(), ending }),
        }
    }
}

impl ContentPart {
    fn is_said(&self) -> bool {
        !matches!(self.kind.as_str(), "thinking" | "reasoning" | "reasoning_content")
    }
}
