//! What an API is asked and answers, whichever it is.

use axum::response::Response;
use serde_json::Value;

/// What was asked: the texts only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) system: String,
    pub(crate) prompt: String,
}

/// Why an answer ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Stop,
    Filter,
    Limit,
}

/// The quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quota {
    /// Requests a minute; there will be one again after that many seconds.
    Minute(u32),
    Day,
}

/// How an API puts it.
pub(super) trait Wire {
    /// An answer with this text, or with none.
    fn answer(&self, text: Option<&str>, end: End) -> Value;

    /// The prompt was refused before it was read.
    fn blocked(&self) -> Response;

    /// 429.
    fn over(&self, quota: Quota) -> Response;

    /// An error of that status.
    fn failure(&self, status: u16, message: &str) -> Response;
}

/// Tokens are four characters each, which is about right.
pub(super) fn tokens(text: &str) -> usize {
    text.chars().count().div_ceil(4)
}
