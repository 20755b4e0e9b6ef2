//! `trace`, over the real binary.

use std::fs;

use local_cloud::{LocalCloud, Nowhere, Options};
use serde_json::{Value, json};

use crate::home::{Home, assert_fails_with};

fn file(name: &str) -> String {
    format!("{}/../trace/tests/traces/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_trace_is_drawn_and_what_could_have_overlapped_is_said() {
    let home = Home::new();
    let (svg, html) = (home.path().join("a.svg"), home.path().join("a.html"));
    let paths = [&svg, &html].map(|path| path.to_str().unwrap());
    let (ok, said) = home.run(&[], &["trace", &file("days.jsonl"), "--svg", paths[0], "--html", paths[1]]);
    assert!(
        ok && said.contains("34.9 s → 12.4 s at once") && said.contains("Mended, all of it takes 41.8 s"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "colours are for terminals");
    assert!(
        fs::read_to_string(svg).unwrap().starts_with("<svg ") && fs::read_to_string(html).unwrap().contains("</html>")
    );
}

#[test]
fn standard_input_is_read() {
    let text = fs::read_to_string(file("concurrent.jsonl")).unwrap();
    let (ok, said) = Home::new().run_with_input(&[], &["trace", "-", "--width", "80"], &text);
    assert!(ok && said.contains("Concurrent:"), "{said}");
}

#[test]
fn other_traces_of_the_file_are_named_and_can_be_chosen() {
    let (home, file) = (Home::new(), file("collector.jsonl"));
    let (ok, said) = home.run(&[], &["trace", &file]);
    assert!(ok && said.contains("line 5: this is no JSON"), "what cannot be read is told, and no failure: {said}");
    let other = format!("also in this file: ping, 1.0 ms, 1 span, --trace {}", "c".repeat(32));
    assert!(said.contains("GET /quay") && said.contains(&other), "{said}");
    let (ok, said) = home.run(&[], &["trace", &file, "--trace", "CC"]);
    assert!(ok && said.starts_with("ping"), "{said}");
    assert_fails_with(&home.run(&[], &["trace", &file, "--trace", "d"]), &["begins with d", "leave --trace out"], &[]);
}

#[test]
fn what_is_no_trace_says_what_to_do() {
    let home = Home::new();
    let logs = home.file("logs.jsonl", r#"{"resourceLogs":[]}"#);
    assert_fails_with(
        &home.run(&[], &["trace", logs.to_str().unwrap()]),
        &["there is no trace in", "OTLP"],
        &["line 1"],
    );
    let text = home.file("text", "hello");
    assert_fails_with(&home.run(&[], &["trace", text.to_str().unwrap()]), &["line 1: this is no JSON"], &[]);
    assert_fails_with(&home.run(&[], &["trace", "missing.json"]), &["missing.json cannot be read"], &[]);
}

/// Has the local cloud take a request of two spans, as functions tell it: the inner one first.
async fn tell(cloud: &LocalCloud, trace: char, began_s: u64, took_s: u64) {
    let (id, at) = (trace.to_string().repeat(32), |s: u64| (s * 1_000_000_000).to_string());
    let span = |id_of: &str, parent: &str, name: &str, from: u64, to: u64| {
        json!({"traceId": id, "spanId": id_of.repeat(16), "parentSpanId": parent.repeat(16), "name": name,
            "startTimeUnixNano": at(from), "endTimeUnixNano": at(to)})
    };
    let ended = began_s + took_s;
    let inner = span("2", "1", "generate_content", began_s, ended - 1);
    for span in [inner, span("1", "", "get_memories", began_s, ended)] {
        let request: Value = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]});
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.post(format!("{}/otlp/v1/traces", cloud.url())).json(&request).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn the_last_request_to_the_local_cloud_is_drawn() {
    let (home, cloud) = (Home::new(), LocalCloud::start(Options::default()).unwrap());
    let local = format!("--local={}", cloud.url());
    assert_fails_with(&home.run(&[], &["trace", &local]), &["has seen no request", "invoke get_memories"], &[]);

    tell(&cloud, 'a', 1_790_000_000, 40).await;
    tell(&cloud, 'b', 1_790_000_100, 2).await;
    let svg = home.path().join("a.svg");
    let (ok, said) = home.run(&[], &["trace", &local, "--svg", svg.to_str().unwrap()]);
    assert!(ok && said.contains("2.0 s, 2 spans; 1.0 s in a model"), "the last, and not the longest: {said}");
    assert!(said.contains("also in the local cloud: get_memories, 40.0 s, 2 spans, --trace aaaa"), "{said}");
    assert!(fs::read_to_string(svg).unwrap().starts_with("<svg "));
    let (ok, said) = home.run(&[], &["trace", &local, "--trace", "aa"]);
    assert!(ok && said.contains("40.0 s, 2 spans"), "{said}");
}

#[tokio::test]
async fn where_no_local_cloud_is_it_says_what_to_do() {
    let (home, nowhere) = (Home::new(), Nowhere::new().unwrap());
    let local = format!("--local={}", nowhere.url());
    assert_fails_with(&home.run(&[], &["trace", &local]), &["nothing answers at", "make watch", "--local=URL"], &[]);
    assert_fails_with(&home.run(&[], &["trace"]), &["FILE"], &[]);
    assert_fails_with(&home.run(&[], &["trace", "x.json", &local]), &["cannot be used with"], &[]);
}
