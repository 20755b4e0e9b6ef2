//! The one address: which path and which target go where.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    middleware::from_fn,
    response::Response,
    routing::{any, get, post},
};

use crate::{
    control, discord,
    http::{AMZ_JSON_1_0, amz_error},
    lambda, model, page,
    services::Services,
    traces, visitors,
};

/// DynamoDB's limit of a request, the largest of all; Lambda's own is checked in its place.
const MAX_BODY: usize = 16 * 1024 * 1024;

pub(crate) fn router(services: Services) -> Router {
    Router::new()
        .route("/", post(by_target))
        .route("/v1beta/models/{call}", post(generate_content))
        .route("/v1/chat/completions", post(chat_completions))
        .route("/model/{model}/converse", post(converse))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .route("/2015-03-31/functions/{name}/configuration", get(function_configuration))
        .route("/api/v10/{*path}", any(ask_discord))
        .merge(control::routes())
        .merge(traces::routes())
        .merge(page::routes())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(visitors::check))
        .with_state(services)
}

async fn by_target(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default().to_owned();
    match target.split_once('.') {
        Some(("DynamoDB_20120810", operation)) => services.dynamodb.answer(operation, headers, body).await,
        Some(("AmazonSSM", operation)) => services.parameters.answer(operation, &body),
        _ => {
            let message = format!("no stand-in for the target {target:?}");
            amz_error(StatusCode::BAD_REQUEST, AMZ_JSON_1_0, "UnknownOperationException", &message)
        }
    }
}

async fn generate_content(
    State(services): State<Services>,
    Path(call): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    model::generate_content(services.model, &call, &headers, &body).await
}

async fn chat_completions(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    model::chat_completions(services.model, &headers, &body).await
}

async fn converse(
    State(services): State<Services>,
    Path(model): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    model::converse(services.model, &model, &headers, &body).await
}

async fn invoke(
    State(services): State<Services>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    lambda::invoke(&services.lambda, &name, &headers, body).await
}

async fn function_configuration(State(services): State<Services>, Path(name): Path<String>) -> Response {
    lambda::configuration(&services.lambda, &name, |function| services.environment(function))
}

async fn ask_discord(
    State(services): State<Services>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    discord::answer(&services.discord, method, uri, headers, body).await
}
