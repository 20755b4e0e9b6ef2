//! `GET /`: a page that shows what is going on here. It asks for all it shows by `GET /page.json`, every two seconds.
//!
//! ```text
//! page.html, page.css, page.js ◀── page.json ◀── data ──┬── functions   what was invoked
//!   nothing from elsewhere, and                         ├── days        ┐ the tables, read as the functions read
//!   no text of anybody's is markup                      ├── people      │ them, past everything that is counted
//!                                                       ├── models      ┘ or scripted: [`Desk`]
//!                                                       └── requests    the traces that came in
//! ```

mod data;
mod days;
mod desk;
mod functions;
mod models;
mod people;
mod requests;
#[cfg(test)]
mod tests;
mod texts;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;

use crate::{http::from_query, services::Services};
pub(crate) use desk::Desk;

/// Nothing comes from elsewhere, nothing is sent elsewhere, and no markup runs: people's names and words are on the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The page of a trace runs nothing; its style is in it.
const POLICY_OF_TRACES: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", include_str!("page/page.html"))))
        .route("/page.css", get(async || file("text/css; charset=utf-8", include_str!("page/page.css"))))
        .route("/page.js", get(async || file("text/javascript; charset=utf-8", include_str!("page/page.js"))))
        .route("/page.json", get(data))
        .route("/traces/{id}", get(trace))
}

async fn data(State(services): State<Services>, uri: Uri) -> Response {
    let guild = from_query(&uri, "guild").and_then(|guild| guild.parse().ok());
    (headers(POLICY), Json(data::all(&services, guild, Timestamp::now()).await)).into_response()
}

/// The waterfall of one request, with a row for each span.
async fn trace(State(services): State<Services>, Path(id): Path<String>) -> Response {
    match requests::page(&services.traces, &id) {
        Some(page) => {
            (headers(POLICY_OF_TRACES), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
        }
        None => (StatusCode::NOT_FOUND, "There is no such trace any more.\n").into_response(),
    }
}

fn file(kind: &'static str, content: &'static str) -> Response {
    (headers(POLICY), [(header::CONTENT_TYPE, kind)], content).into_response()
}

fn headers(policy: &'static str) -> HeaderMap {
    let all = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    all.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}
