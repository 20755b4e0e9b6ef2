//! `cost`, over the real binary.

use crate::home::{Home, assert_fails_with};

const LINE: &str = r#"{"timestamp":"2026-11-20T10:00:00Z","event":"invocation_metered","function":"get_memories","guilds":["1"],"duration_ms":12.5,"memory_mb":512,"models":{"gemini:gemini-3.8-flash":{"model_calls":1,"prompt_tokens":1000,"output_tokens":200}},"people_merged":1,"read_units":2.5}"#;

#[test]
fn lines_of_a_file_or_of_standard_input_are_added_up() {
    let home = Home::new();
    let later = LINE.replace("2026-11-20T10", "2026-11-21T22");
    let log = home.file("log", format!("{LINE}\nno line of ours\n{later}\n"));
    let (ok, said) = home.run(&[], &["cost", "--guild", "1", "--forecast", "--logs", log.to_str().unwrap()]);
    assert!(ok && said.contains("2 calls") && said.contains("like the 1.5 days that were read"), "{said}");
    let (ok, said) = home.run_with_input(&[], &["cost", "--logs", "-"], LINE);
    assert!(ok && said.contains("1 call") && said.contains("1 guild,"), "{said}");
}

#[test]
fn other_prices_are_taken_from_a_file() {
    let home = Home::new();
    let log = home.file("log", LINE);
    let prices = include_str!("../../../cost/prices.json").replace("2026-11-27", "2027-01-01").replace("3.75", "7.5");
    let prices = home.file("prices", &prices);
    let arguments = ["cost", "--logs", log.to_str().unwrap(), "--prices", prices.to_str().unwrap()];
    let (ok, said) = home.run(&[], &arguments);
    assert!(ok && said.contains("prices of 2027-01-01") && said.contains("7.50 / million"), "{said}");
}

#[test]
fn what_cannot_be_added_up_says_what_to_do() {
    let home = Home::new();
    let (log, empty) = (home.file("log", LINE), home.file("empty", "hello"));
    let (log, empty) = (log.to_str().unwrap(), empty.to_str().unwrap());
    assert_fails_with(&home.run(&[], &["cost", "--logs", empty]), &["no line", "AWS_LAMBDA_LOG_FORMAT"], &[]);
    assert_fails_with(
        &home.run(&[], &["cost", "--logs", log, "--guild", "2"]),
        &["none of 1 lines is about guild 2"],
        &[],
    );
    assert_fails_with(&home.run(&[], &["cost", "--logs", "missing"]), &["missing cannot be read"], &[]);
    assert_fails_with(&home.run(&[], &["cost", "--logs", log, "--prices", empty]), &["these are no prices"], &[]);
    assert_fails_with(&home.run(&[], &["cost", "--logs", log, "--days", "1"]), &["no line"], &[]);
}
