//! What is around the spans.

use serde_json::Value;

use super::{
    reading::{Problem, Reading},
    spans,
    values::{self, list, named},
};
use crate::units::cut;

const RESOURCE_SPANS: [&str; 3] = ["resourceSpans", "resource_spans", "batches"];
const SCOPE_SPANS: [&str; 3] = ["scopeSpans", "scope_spans", "instrumentationLibrarySpans"];
/// Names under which programs put a whole answer.
const AROUND: [&str; 3] = ["result", "trace", "data"];
/// How many of these there may be around each other.
const DEPTH: usize = 3;
const OTHER_SIGNALS: [&str; 4] = ["resourceLogs", "resourceMetrics", "resource_logs", "resource_metrics"];
const WHAT_TO_DO: &str = "the collector's file exporter writes them with `format: json`";

/// Reads a document that begins on that line.
pub(super) fn read(document: &Value, line: usize, reading: &mut Reading) {
    for request in document.as_array().map_or(std::slice::from_ref(document), Vec::as_slice) {
        match inside(request) {
            Some(request) => resources(request, line, reading),
            None if named(request, &OTHER_SIGNALS).is_some() => reading.other_signals += 1,
            None => reading.problems.push(Problem { line, what: refusal(request) }),
        }
    }
}

/// The request in whatever is around it.
fn inside(value: &Value) -> Option<&Value> {
    let mut value = value;
    for _ in 0..DEPTH {
        if named(value, &RESOURCE_SPANS).is_some_and(Value::is_array) {
            return Some(value);
        }
        value = named(value, &AROUND)?;
    }
    None
}

fn resources(request: &Value, line: usize, reading: &mut Reading) {
    for (n, resource) in list(request, &RESOURCE_SPANS).iter().enumerate() {
        let described = resource.get("resource").map(values::attributes).unwrap_or_default();
        let service = described.get("service.name").cloned().unwrap_or_default();
        for (m, scope) in list(resource, &SCOPE_SPANS).iter().enumerate() {
            for (k, span) in list(scope, &["spans"]).iter().enumerate() {
                match spans::span(span, &service) {
                    Ok(span) => reading.spans.push(span),
                    Err(why) => {
                        let what = format!("the span resourceSpans[{n}].scopeSpans[{m}].spans[{k}] is left out: {why}");
                        reading.problems.push(Problem { line, what });
                    }
                }
            }
        }
    }
}

fn refusal(value: &Value) -> String {
    let Some(object) = value.as_object() else {
        return format!("this is no OTLP request, but a bare value: {WHAT_TO_DO}");
    };
    let first = value.pointer("/data/0").unwrap_or(value);
    if first.get("traceID").is_some() && first.get("spans").is_some() {
        return "this is Jaeger's own JSON: take the trace as OTLP from its API (/api/v3/traces/ID)".to_owned();
    }
    let keys: Vec<String> = object.keys().take(5).map(|key| format!("`{}`", cut(key, 40))).collect();
    let has = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
    format!("this is no OTLP request: it has no `resourceSpans`, but {has}; {WHAT_TO_DO}")
}
