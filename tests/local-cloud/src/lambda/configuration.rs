//! `GET /2015-03-31/functions/{name}/configuration`: what a function is, and what it was started with.
//!
//! There is no zip here and no moment of a deployment, so `CodeSha256` and `LastModified` are left out. Nor are keys and tokens
//! told: they are a developer's own, and any program of this machine may ask.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::endpoint::{Endpoint, function_name};
use crate::http::rest_error;

/// What is not told.
const KEYS: [&str; 3] = ["GEMINI_API_KEY", "OPENAI_API_KEY", "DISCORD_BOT_TOKEN"];
/// What Lambda sets by itself, and does not tell either.
const OF_LAMBDA: &str = "AWS_";

/// Answers one GetFunctionConfiguration; `environment` is what a function gets that was not started yet.
pub(crate) fn configuration(
    endpoint: &Endpoint,
    name: &str,
    environment: impl FnOnce(&str) -> BTreeMap<String, String>,
) -> Response {
    let function = function_name(name);
    let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{function}");
    if !endpoint.script.knows(&function) {
        let message = format!("Function not found: {arn}");
        return rest_error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    }
    let mut variables = endpoint.script.environment(&function).unwrap_or_else(|| environment(&function));
    variables.retain(|name, _| !KEYS.contains(&name.as_str()) && !name.starts_with(OF_LAMBDA));
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let body = json!({
        "FunctionName": function,
        "FunctionArn": arn,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Timeout": endpoint.template.timeout(&function).map(|timeout| timeout.as_secs()),
        "MemorySize": endpoint.template.memory_mb(&function),
        "Version": "$LATEST",
        "Architectures": [architecture],
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Environment": { "Variables": variables },
    });
    Json(body).into_response()
}
