//! `trace`, over the real binary.

use std::fs;

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
