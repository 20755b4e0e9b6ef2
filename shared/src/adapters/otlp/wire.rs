//! The JSON of OTLP: ids in hexadecimal, 64 bits as text
//! ([the protocol](https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding)).

use aws_config::SdkConfig;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::telemetry::{Span, Value};

/// What all spans of a process have in common.
pub(super) struct Resource(Vec<Json>);

impl Resource {
    /// The function of that name.
    pub(super) fn of(function: &'static str, aws: &SdkConfig) -> Self {
        let known = [
            ("service.name", Some(function.to_owned())),
            ("service.namespace", Some("guild-memory".to_owned())),
            ("service.version", Some(env!("CARGO_PKG_VERSION").to_owned())),
            ("cloud.provider", Some("aws".to_owned())),
            ("cloud.platform", Some("aws_lambda".to_owned())),
            ("cloud.region", aws.region().map(ToString::to_string)),
        ];
        let known = known.into_iter().filter_map(|(name, value)| Some((name, Value::Text(value?))));
        Self(known.map(|(name, value)| attribute(name, &value)).collect())
    }
}

/// A request with those spans.
pub(super) fn payload(resource: &Resource, spans: &[Span]) -> Vec<u8> {
    let spans: Vec<Sent<'_>> = spans.iter().map(Sent::of).collect();
    let scope = json!({"name": "guild-memory", "version": env!("CARGO_PKG_VERSION")});
    let request = Request {
        resource_spans: [ResourceSpans {
            resource: Attributes { attributes: &resource.0 },
            scope_spans: [ScopeSpans { scope, spans }],
        }],
    };
    serde_json::to_vec(&request).unwrap_or_default() // there is no map in it whose keys are no text
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    resource_spans: [ResourceSpans<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    resource: Attributes<'a>,
    scope_spans: [ScopeSpans<'a>; 1],
}

#[derive(Serialize)]
struct Attributes<'a> {
    attributes: &'a [Json],
}

#[derive(Serialize)]
struct ScopeSpans<'a> {
    scope: Json,
    spans: Vec<Sent<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    name: &'a str,
    kind: i32,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Json>,
    status: Status,
}

#[derive(Serialize)]
struct Status {
    /// 0: nothing is said; 2: an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i32>,
}

impl<'a> Sent<'a> {
    fn of(span: &'a Span) -> Self {
        Self {
            trace_id: format!("{:032x}", span.context.trace),
            span_id: format!("{:016x}", span.context.span),
            parent_span_id: span.parent.map(|parent| format!("{parent:016x}")),
            name: &span.name,
            kind: span.kind as i32,
            start_time_unix_nano: span.began.as_nanos().to_string(),
            end_time_unix_nano: (span.began + span.took).as_nanos().to_string(),
            attributes: span.attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
            status: Status { code: span.failed.then_some(2) },
        }
    }
}

fn attribute(name: &str, value: &Value) -> Json {
    let value = match value {
        Value::Text(text) => json!({"stringValue": text}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::Measure(measure) => json!({"doubleValue": measure}),
        Value::Flag(flag) => json!({"boolValue": flag}),
    };
    json!({"key": name, "value": value})
}
