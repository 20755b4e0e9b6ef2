//! The body of a request to `/chat/completions`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    config::{JsonForm, ModelOptions, TokensField},
    domain::prompt::{AnswerFormat, Prompt},
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
    max_completion_tokens: Option<u32>,
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
    /// Asks for the answer in that form, as far as a form is wanted.
    pub(super) fn new(model: &'a str, prompt: &'a Prompt, options: &'a ModelOptions, json: JsonForm) -> Self {
        let limit = |field| options.max_output.filter(|_| options.tokens == field);
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
            response_format: response_format(prompt.answer, json),
            temperature: options.temperature,
            max_tokens: limit(TokensField::MaxTokens),
            max_completion_tokens: limit(TokensField::MaxCompletionTokens),
            reasoning_effort: options.thinking.as_deref(),
            stream: false,
        }
    }
}

fn response_format(answer: AnswerFormat, form: JsonForm) -> Option<Value> {
    let schema = answer.schema()?;
    match form {
        JsonForm::Schema => {
            Some(json!({"type": "json_schema", "json_schema": {"name": "summaries", "schema": schema, "strict": true}}))
        }
        JsonForm::Object => Some(json!({"type": "json_object"})),
        JsonForm::Off => None,
    }
}
