//! The wire format of `generateContent`, as far as this project speaks it.

use axum::{
    Json,
    body::Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::script::KeyFault;
use super::wire::{End, Quota, Request, Wire, tokens};

pub(super) fn read(body: &Bytes) -> Result<Request, String> {
    let body: Body = serde_json::from_slice(body).map_err(|error| format!("Invalid JSON payload received: {error}"))?;
    if body.contents.is_empty() {
        return Err("GenerateContentRequest.contents: contents is not specified".to_owned());
    }
    let thinking = &body.generation_config["thinkingConfig"];
    if !thinking["thinkingLevel"].is_null() && !thinking["thinkingBudget"].is_null() {
        return Err("You can only set one of thinking budget and thinking level.".to_owned());
    }
    let user = body.contents.iter().filter(|content| content.role != "model");
    Ok(Request {
        system: body.system_instruction.text(),
        prompt: user.map(Content::text).collect::<Vec<_>>().join("\n"),
    })
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
pub(super) struct Gemini<'a> {
    pub(super) model: &'a str,
    pub(super) request: &'a Request,
    pub(super) number: u64,
}

impl Wire for Gemini<'_> {
    fn answer(&self, text: Option<&str>, end: End) -> Value {
        let finish_reason = match end {
            End::Stop => "STOP",
            End::Filter => "SAFETY",
            End::Limit => "MAX_TOKENS",
        };
        let mut candidate = json!({"finishReason": finish_reason, "index": 0});
        if let Some(text) = text {
            candidate["content"] = json!({"role": "model", "parts": [{"text": text}]});
        }
        self.with_usage(json!({"candidates": [candidate]}), text.unwrap_or_default())
    }

    fn blocked(&self) -> Response {
        let answer = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}});
        Json(self.with_usage(answer, "")).into_response()
    }

    fn over(&self, quota: Quota) -> Response {
        let (period, message, delay) = match quota {
            Quota::Day => ("PerDay", "You exceeded your current quota.".to_owned(), None),
            Quota::Minute(seconds) => {
                let message = format!("You exceeded your current quota. Please retry in {seconds}.0s.");
                ("PerMinute", message, Some(seconds))
            }
        };
        let violation = json!({
            "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            "quotaId": format!("GenerateRequests{period}PerProjectPerModel-FreeTier"),
            "quotaDimensions": {"location": "global", "model": self.model},
            "quotaValue": "20",
        });
        let mut details =
            vec![json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]})];
        details.extend(delay.map(
            |seconds| json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s")}),
        ));
        error(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", &message, &details)
    }

    fn failure(&self, status: u16, message: &str) -> Response {
        failure(status, message)
    }
}

impl Gemini<'_> {
    fn with_usage(&self, mut answer: Value, text: &str) -> Value {
        let (prompt, candidates) = (tokens(&self.request.system) + tokens(&self.request.prompt), tokens(text));
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
pub(super) fn failure(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let name = match status.as_u16() {
        400 => "INVALID_ARGUMENT",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    error(status, name, message, &[])
}

/// The key is none.
pub(super) fn key_refused(fault: KeyFault) -> Response {
    match fault {
        KeyFault::Unknown => {
            let info = "type.googleapis.com/google.rpc.ErrorInfo";
            let details = json!({"@type": info, "reason": "API_KEY_INVALID", "domain": "googleapis.com"});
            let message = "API key not valid. Please pass a valid API key.";
            error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message, &[details])
        }
        KeyFault::Blocked => failure(403, "Your API key was reported as leaked. Please use another API key."),
    }
}

fn error(status: StatusCode, name: &str, message: &str, details: &[Value]) -> Response {
    let mut error = json!({"code": status.as_u16(), "message": message, "status": name});
    if !details.is_empty() {
        error["details"] = json!(details);
    }
    (status, Json(json!({"error": error}))).into_response()
}
