//! A request to Discord, and the plainest of its answers.

use axum::{
    Json,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// The token of the stand-in's bot: what the SSM parameters of the local cloud hold.
pub(crate) const BOT_TOKEN: &str = crate::ssm::LOCAL_SECRET;

/// The id of the application whose bot this is.
pub(crate) const APPLICATION: &str = "998100000000000001";

/// A request as the routes see it.
pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a str,
}

/// An error as Discord writes it.
pub(super) fn error(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({"message": message, "code": code}))).into_response()
}

/// A success.
pub(super) fn ok(body: Value) -> Response {
    Json(body).into_response()
}
