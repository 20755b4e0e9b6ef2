//! `/_local/*`: what people and other processes may see and change.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, put},
};

use crate::{counters::Counters, model::Rule, services::Services};

pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/_local/health", get(|| async { "ok\n" }))
        .route("/_local/counters", get(counters))
        .route("/_local/model-script", put(script_model))
}

async fn counters(State(services): State<Services>) -> Json<Counters> {
    Json(services.counters())
}

async fn script_model(State(services): State<Services>, Json(rules): Json<Vec<Rule>>) -> StatusCode {
    services.model.set(rules);
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{LocalCloud, Options, http::loopback_client};

    #[tokio::test]
    async fn other_processes_see_the_counters_and_script_the_model() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let client = loopback_client().unwrap();
        let at = |path: &str| format!("{}{path}", cloud.url());
        assert_eq!(client.get(at("/_local/health")).send().await.unwrap().text().await.unwrap(), "ok\n");

        let rules = json!([{"fault": {"status": 503}}]);
        let scripted = client.put(at("/_local/model-script")).json(&rules).send().await.unwrap();
        assert_eq!(scripted.status(), 204);
        let request = client.post(at("/v1beta/models/m:generateContent")).header("x-goog-api-key", "k");
        let prompt = json!({"contents": [{"parts": [{"text": "<person name=\"Ann\"></person>"}]}]});
        assert_eq!(request.json(&prompt).send().await.unwrap().status(), 503);

        let counters: Value = client.get(at("/_local/counters")).send().await.unwrap().json().await.unwrap();
        assert_eq!(counters, json!({"model_calls": 1, "lambda_invocations": {}, "dynamodb_requests": {}}));
    }

    #[tokio::test]
    async fn an_unknown_target_is_refused() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let request = loopback_client().unwrap().post(cloud.url()).header("x-amz-target", "Kinesis.Put");
        assert_eq!(request.send().await.unwrap().status(), 400);
    }
}
