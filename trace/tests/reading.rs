//! What programs write, and what is wrong with some of it.

use guild_memory_trace::{Analysis, Kind, Reading, Trace, read};

use crate::build::{analysis, file};

fn problems(text: &str) -> Vec<String> {
    read(text.as_bytes()).problems.iter().map(ToString::to_string).collect()
}

/// A request with one span.
fn request(span: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#)
}

#[test]
fn a_download_of_tempo_is_read() {
    let analysis = analysis("tempo.json");
    let root = analysis.trace.node(analysis.trace.roots()[0]);
    assert_eq!(
        (root.span.name.as_str(), root.span.service.as_str(), root.span.kind),
        ("POST /ferry", "harbour", Kind::Server)
    );
    assert_eq!(root.span.id.as_str(), "00f067aa0ba902b7", "base64 is told as everybody else writes it");
    let names: Vec<&str> =
        analysis.diagnosis.findings.iter().map(|f| analysis.trace.node(f.units[0][0]).span.name.as_str()).collect();
    assert_eq!(names, ["GET berth"], "the tides were asked three at a time");
    assert_eq!(
        analysis.diagnosis.findings[0].units.iter().map(Vec::len).collect::<Vec<_>>(),
        [1, 2, 1],
        "one was retried"
    );
}

#[test]
fn the_names_of_protobuf_and_the_spans_of_an_agent_are_read() {
    let analysis = analysis("agent.json");
    let called: Vec<&str> =
        analysis.model.calls.iter().map(|call| analysis.trace.node(*call).span.name.as_str()).collect();
    assert_eq!(called, ["chat small-model", "chat small-model", "ChatOpenAI"], "an agent and its tools are no model");
    assert_eq!(analysis.model.tokens, (420, 96));
    assert_eq!(analysis.diagnosis.findings, [], "turns need each other");
}

#[test]
fn a_file_of_a_collector_has_more_than_one_trace_and_more_than_traces() {
    let Reading { spans, problems, other_signals } = read(&file("collector.jsonl"));
    assert_eq!((problems.len(), other_signals), (1, 2));
    assert_eq!(problems[0].line, 5);
    let traces = Trace::all(spans);
    let shapes: Vec<(usize, usize)> = traces.iter().map(|trace| (trace.nodes().len(), trace.roots().len())).collect();
    assert_eq!(shapes, [(3, 1), (2, 2), (1, 1)], "whole; without the parent of its spans; alone");
    assert_eq!(traces.iter().map(Trace::twice).collect::<Vec<_>>(), [1, 0, 0], "an exporter tried again");
    assert!(traces[1].roots().iter().all(|root| traces[1].node(*root).is_orphan));
}

#[test]
fn an_end_that_nobody_wrote_down_is_that_of_the_last_part() {
    let open = r#"{"traceId":"a","spanId":"1","name":"open","startTimeUnixNano":"1000"}"#;
    let part = r#"{"traceId":"a","spanId":"2","parentSpanId":"1","name":"part","startTimeUnixNano":1100,"endTimeUnixNano":1500}"#;
    let reading = read(request(&format!("{open},{part}")).as_bytes());
    assert_eq!(reading.problems, []);
    let trace = Trace::all(reading.spans).remove(0);
    assert_eq!((trace.length(), trace.roots().len()), (500, 1));
}

#[test]
fn rings_and_spans_that_are_their_own_parents_are_cut() {
    let span = |id: &str, parent: &str| {
        format!(
            r#"{{"traceId":"a","spanId":"{id}","parentSpanId":"{parent}","name":"n","startTimeUnixNano":10,"endTimeUnixNano":20}}"#
        )
    };
    let ring = [span("1", "3"), span("2", "1"), span("3", "2"), span("4", "4"), span("5", "2")].join(",");
    let trace = Trace::all(read(request(&ring).as_bytes()).spans).remove(0);
    assert_eq!((trace.nodes().len(), trace.roots().len()), (5, 2));
    assert_eq!(Analysis::of(trace).trace.length(), 10);
}

#[test]
fn what_cannot_be_read_says_where_why_and_what_to_do() {
    let no_start = request(r#"{"traceId":"a","spanId":"1","name":"n"}"#);
    let no_id = request(r#"{"spanId":"1","name":"n","startTimeUnixNano":1}"#);
    let text = format!(
        "{{\"resourceSpans\":[]}}\n{no_start}\n{no_id}\n{{\"spans\":[]}}\n[1]\n{{\"data\":[{{\"traceID\":\"a\",\"spans\":[]}}]}}\n{{\"a\":"
    );
    let told = problems(&text);
    let expected = [
        "line 2: the span resourceSpans[0].scopeSpans[0].spans[0] is left out: it does not say when it began",
        "line 3: the span resourceSpans[0].scopeSpans[0].spans[0] is left out: it has no traceId",
        "line 4: this is no OTLP request: it has no `resourceSpans`, but `spans`; the collector's file exporter writes",
        "line 5: this is no OTLP request, but a bare value",
        "line 6: this is Jaeger's own JSON: take the trace as OTLP from its API",
        "line 7: this is no JSON: EOF while parsing a value",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn what_is_no_text_says_what_it_is() {
    for (bytes, expected) in [
        (&b"\x1f\x8b\x08"[..], "gzip"),
        (b"\0\0\0\x10\x28\xb5\x2f\xfd", "zstd"),
        (b"\0\0\0\x10\x0a\x0e", "format: json"),
        (b" \n", "nothing in it"),
        (b"", "nothing in it"),
    ] {
        let reading = read(bytes);
        assert!(reading.problems[0].what.contains(expected), "{:?}", reading.problems);
    }
}
