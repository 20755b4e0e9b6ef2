//! The wire format of `generateContent`, as far as this project speaks it.

use axum::{
    Json,
    body::Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What was asked: the texts only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) system: String,
    pub(crate) prompt: String,
}

impl Request {
    pub(super) fn read(body: &Bytes) -> Result<Self, String> {
        let body: Body =
            serde_json::from_slice(body).map_err(|error| format!("Invalid JSON payload received: {error}"))?;
        if body.contents.is_empty() {
            return Err("GenerateContentRequest.contents: contents is not specified".to_owned());
        }
        let thinking = &body.generation_config["thinkingConfig"];
        if !thinking["thinkingLevel"].is_null() && !thinking["thinkingBudget"].is_null() {
            return Err("You can only set one of thinking budget and thinking level.".to_owned());
        }
        let user = body.contents.iter().filter(|content| content.role != "model");
        Ok(Self {
            system: body.system_instruction.text(),
            prompt: user.map(Content::text).collect::<Vec<_>>().join("\n"),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    contents: Vec<Content>,
    #[serde(default)]
    system_instruction: Content,
    #[serde(default)]
    generation_config: Value,
}

#[derive(Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    role: String,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

impl Content {
    fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// What every answer to one request has in common.
pub(super) struct Reply<'a> {
    pub(super) model: &'a str,
    pub(super) prompt: &'a Request,
    pub(super) number: u64,
}

impl Reply<'_> {
    /// An answer with this text, or without a part if there is none.
    pub(super) fn candidate(&self, text: Option<&str>, finish_reason: &str) -> Value {
        let mut candidate = json!({"finishReason": finish_reason, "index": 0});
        if let Some(text) = text {
            candidate["content"] = json!({"role": "model", "parts": [{"text": text}]});
        }
        self.with_usage(json!({"candidates": [candidate]}), text.unwrap_or_default())
    }

    /// An answer that says why the prompt was not even read.
    pub(super) fn blocked(&self) -> Value {
        self.with_usage(json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}), "")
    }

    /// Tokens are four characters each, which is about right.
    fn with_usage(&self, mut answer: Value, text: &str) -> Value {
        let prompt = (self.prompt.system.chars().count() + self.prompt.prompt.chars().count()).div_ceil(4);
        let candidates = text.chars().count().div_ceil(4);
        answer["usageMetadata"] = json!({
            "promptTokenCount": prompt,
            "candidatesTokenCount": candidates,
            "totalTokenCount": prompt + candidates,
        });
        answer["modelVersion"] = json!(self.model);
        answer["responseId"] = json!(format!("local-{}", self.number));
        answer
    }
}

/// An error in Google's format.
pub(super) fn google_error(status: StatusCode, name: &str, message: &str) -> Response {
    google_error_with(status, name, message, &[])
}

/// An error with details, as those of a 429.
pub(super) fn google_error_with(status: StatusCode, name: &str, message: &str, details: &[Value]) -> Response {
    let mut error = json!({"code": status.as_u16(), "message": message, "status": name});
    if !details.is_empty() {
        error["details"] = json!(details);
    }
    (status, Json(json!({"error": error}))).into_response()
}
