//! `/_local/*`: what people and other processes may see and change.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, put},
};

use crate::{counters::Counters, front::Services, model::Rule};

pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/_local/health", get(|| async { "ok\n" }))
        .route("/_local/counters", get(counters))
        .route("/_local/model-script", put(script_model))
}

async fn counters(State(services): State<Services>) -> Json<Counters> {
    Json(services.counters())
}

async fn script_model(
    State(services): State<Services>,
    Json(rules): Json<Vec<Rule>>,
) -> StatusCode {
    services.model.set(rules);
    StatusCode::NO_CONTENT
}
