//! Discord's REST API, played from a script: guilds with channels and messages, and whatever should go wrong.

mod call;
mod commands;
mod guild;
mod guilds;
mod limits;
mod permissions;
mod reply;
mod script;
#[cfg(test)]
mod tests;
mod webhooks;

use axum::{
    Json,
    body::Bytes,
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(crate) use call::{APPLICATION, BOT_TOKEN};
use call::{Call, error};
pub use limits::DiscordFile;
pub use reply::DiscordReply;
pub use script::{BOT, DiscordFault, DiscordRequest, DiscordScript};
pub use webhooks::discord_signature;
pub(crate) use webhooks::public_key;

/// Answers everything under `/api/v10`.
pub(crate) async fn answer(
    script: &DiscordScript,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().trim_start_matches("/api/v10");
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let call = Call { method: &method, path: &segments, query: uri.query().unwrap_or_default() };
    let response = match script.fault(&method, path) {
        Some(fault) => fault.response(),
        None => route(script, &call, &headers, body).await,
    };
    script.note(&method, path, response.status());
    response
}

async fn route(script: &DiscordScript, call: &Call<'_>, headers: &HeaderMap, body: Bytes) -> Response {
    if let Some(response) = webhooks::route(script, call.method, call.path, headers, body.clone()).await {
        return response;
    }
    if !is_bot(headers) {
        return error(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized");
    }
    let response = guilds::route(script, call).or_else(|| commands::route(script, call, &body));
    response.unwrap_or_else(|| error(StatusCode::NOT_FOUND, 0, "404: Not Found"))
}

fn is_bot(headers: &HeaderMap) -> bool {
    headers.get("authorization").is_some_and(|token| token.as_bytes() == format!("Bot {BOT_TOKEN}").as_bytes())
}

impl DiscordFault {
    fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status != StatusCode::TOO_MANY_REQUESTS {
            return error(status, self.code, "by request of a test");
        }
        let seconds = self.retry_after.unwrap_or(0.05);
        let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": self.global});
        let header = (HeaderName::from_static("retry-after"), seconds.ceil().to_string());
        (status, [header], Json(body)).into_response()
    }
}
