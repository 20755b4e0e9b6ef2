//! `/otlp/*`: spans come in, and go out as traces of requests.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{http::from_query, services::Services};

pub(crate) fn routes() -> Router<Services> {
    Router::new().route("/otlp/v1/traces", post(take)).route("/otlp/traces", get(tell))
}

/// An export request, as exporters send them to a collector.
async fn take(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_plain_json(&headers) {
        let why = "This collector takes OTLP as JSON that is not packed: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json.\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    let request = serde_json::from_slice::<Value>(&body).ok().filter(|request| request["resourceSpans"].is_array());
    let Some(request) = request else {
        return (StatusCode::BAD_REQUEST, "This is no export request of OTLP's: it has no list `resourceSpans`.\n")
            .into_response();
    };
    match services.traces.take(&request) {
        0 => Json(json!({})).into_response(),
        left_out => {
            let why = "they have no traceId";
            Json(json!({"partialSuccess": {"rejectedSpans": left_out.to_string(), "errorMessage": why}}))
                .into_response()
        }
    }
}

/// The traces of the last requests; of one if it is not said.
async fn tell(State(services): State<Services>, uri: Uri) -> Json<Value> {
    let last = from_query(&uri, "last").and_then(|last| last.parse().ok()).unwrap_or(1);
    Json(services.traces.last(last))
}

fn is_plain_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" && ["", "identity"].contains(&text(header::CONTENT_ENCODING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LocalCloud, Options, http::loopback_client};

    const SPAN: &str = r#"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"get_memories","startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000"}"#;

    async fn post(cloud: &LocalCloud, kind: &str, body: String) -> (u16, String) {
        let request = loopback_client().unwrap().post(format!("{}/otlp/v1/traces", cloud.url()));
        let answer = request.header("content-type", kind).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    fn export(span: &str) -> String {
        format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#)
    }

    #[tokio::test]
    async fn spans_come_in_as_json_and_go_out_as_traces() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        assert_eq!(post(&cloud, "application/json; charset=utf-8", export(SPAN)).await, (200, "{}".to_owned()));
        let told = loopback_client().unwrap().get(format!("{}/otlp/traces?last=5", cloud.url())).send().await.unwrap();
        let told: Value = told.json().await.unwrap();
        assert_eq!(told["resourceSpans"][0]["scopeSpans"][0]["spans"][0], serde_json::from_str::<Value>(SPAN).unwrap());
        let (status, said) = post(&cloud, "application/json", export(r#"{"name":"x"}"#)).await;
        assert!(status == 200 && said.contains(r#""rejectedSpans":"1""#), "{said}");
    }

    #[tokio::test]
    async fn anything_else_is_refused_with_a_sentence() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        for kind in ["application/x-protobuf", "text/plain", ""] {
            let (status, said) = post(&cloud, kind, export(SPAN)).await;
            assert!(status == 415 && said.contains("OTEL_EXPORTER_OTLP_PROTOCOL=http/json"), "{kind}: {status} {said}");
        }
        for body in ["", "{", "[]", "{}", r#"{"resourceSpans":{}}"#] {
            assert_eq!(post(&cloud, "application/json", body.to_owned()).await.0, 400, "{body}");
        }
        assert!(cloud.traces().requests(1).is_empty());
    }
}
