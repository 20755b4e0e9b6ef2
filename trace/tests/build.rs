//! Traces for tests.

use std::path::Path;

use guild_memory_trace::{Analysis, Id, Kind, Reading, Span, Trace, read};

/// A file of `tests/traces`.
pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(name)).unwrap()
}

/// What is found out about the only trace of a file.
pub(crate) fn analysis(name: &str) -> Analysis {
    let Reading { spans, problems, .. } = read(&file(name));
    assert_eq!(problems, []);
    only(spans)
}

/// What is found out about the only trace of these spans.
pub(crate) fn only(spans: Vec<Span>) -> Analysis {
    let mut traces = Trace::all(spans);
    assert_eq!(traces.len(), 1);
    Analysis::of(traces.remove(0))
}

/// A span of a trace that began in 2026, from and to milliseconds.
pub(crate) fn span(id: &str, parent: &str, name: &str, from: u64, to: u64) -> Span {
    let at = |ms: u64| 1_790_000_000_000_000_000 + ms * 1_000_000;
    Span {
        trace: Id::new("t"),
        id: Id::new(id),
        parent: (!parent.is_empty()).then(|| Id::new(parent)),
        links: Vec::new(),
        name: name.to_owned(),
        kind: Kind::Internal,
        service: "a program".to_owned(),
        start: at(from),
        end: Some(at(to)),
        failed: false,
        attributes: Default::default(),
    }
}

/// The same span with an attribute.
pub(crate) fn with(mut span: Span, key: &str, value: &str) -> Span {
    span.attributes.insert(key.to_owned(), value.to_owned());
    span
}

/// Nanoseconds as tenths of seconds, rounded.
pub(crate) fn tenths(nanos: u64) -> f64 {
    (nanos as f64 / 1e8).round() / 10.0
}
