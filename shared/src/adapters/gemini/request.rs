//! The body of a request to `generateContent`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    config::{JsonForm, ModelOptions},
    domain::prompt::{AnswerFormat, Prompt},
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
    if let Some(schema) = answer.schema().filter(|_| options.json != JsonForm::Off) {
        set("responseMimeType", json!("application/json"));
        if options.json == JsonForm::Schema {
            set("responseJsonSchema", schema);
        }
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
