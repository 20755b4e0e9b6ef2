//! A span as OTLP has it.

use serde_json::Value;

use super::{
    ids::{SPAN_BYTES, TRACE_BYTES, id},
    values::{attributes, list, named, time},
};
use crate::span::{Id, Kind, Span};

/// A span, or why it is none.
pub(super) fn span(value: &Value, service: &str) -> Result<Span, &'static str> {
    let id_of = |names: &[&str], bytes| named(value, names).and_then(|value| id(value, bytes));
    let start = named(value, &["startTimeUnixNano", "start_time_unix_nano"]).and_then(time);
    let start = start.ok_or("it does not say when it began (startTimeUnixNano, nanoseconds since 1970)")?;
    let end = named(value, &["endTimeUnixNano", "end_time_unix_nano"]).and_then(time);
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    Ok(Span {
        trace: id_of(&["traceId", "trace_id"], TRACE_BYTES).ok_or("it has no traceId")?,
        id: id_of(&["spanId", "span_id"], SPAN_BYTES).ok_or("it has no spanId")?,
        parent: id_of(&["parentSpanId", "parent_span_id"], SPAN_BYTES),
        links: list(value, &["links"]).iter().filter_map(link).collect(),
        name: if name.is_empty() { "(no name)".to_owned() } else { name.to_owned() },
        kind: named(value, &["kind"]).map(kind).unwrap_or_default(),
        service: service.to_owned(),
        start,
        // A clock that was set back in between.
        end: end.map(|end| end.max(start)),
        failed: named(value, &["status"]).and_then(|status| named(status, &["code"])).is_some_and(is_error),
        attributes: attributes(value),
    })
}

fn link(value: &Value) -> Option<Id> {
    id(named(value, &["spanId", "span_id"])?, SPAN_BYTES)
}

fn kind(value: &Value) -> Kind {
    let text = value.as_str().map(|text| text.trim_start_matches("SPAN_KIND_").to_ascii_uppercase());
    match (value.as_u64(), text.as_deref()) {
        (Some(2), _) | (_, Some("SERVER")) => Kind::Server,
        (Some(3), _) | (_, Some("CLIENT")) => Kind::Client,
        (Some(4), _) | (_, Some("PRODUCER")) => Kind::Producer,
        (Some(5), _) | (_, Some("CONSUMER")) => Kind::Consumer,
        _ => Kind::Internal,
    }
}

fn is_error(code: &Value) -> bool {
    code.as_u64() == Some(2) || code.as_str().is_some_and(|code| code.ends_with("ERROR"))
}
