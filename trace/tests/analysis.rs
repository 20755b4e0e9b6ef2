//! The two traces this project began with, rebuilt from their figures, and one of its own.

use crate::build::{analysis, only, span, tenths, with};

/// What could have overlapped: what, how many, from and to how many seconds, and what that makes of the whole.
fn findings(name: &str) -> Vec<(String, usize, f64, f64, f64)> {
    let analysis = analysis(name);
    let tell = |finding: &guild_memory_trace::Finding| {
        let what = analysis.trace.node(finding.units[0][0]).span.name.clone();
        let whole = tenths(finding.trace_would_take);
        (what, finding.units.len(), tenths(finding.took), tenths(finding.would_take), whole)
    };
    analysis.diagnosis.findings.iter().map(tell).collect()
}

#[test]
fn five_people_in_sequence_would_take_as_long_as_the_slowest() {
    assert_eq!(findings("memories.jsonl"), [("get_memories".to_owned(), 5, 36.5, 15.5, 36.0)]);
    let analysis = analysis("memories.jsonl");
    assert_eq!((tenths(analysis.trace.length()), tenths(analysis.diagnosis.mended)), (57.0, 36.0));
}

#[test]
fn four_days_in_sequence_would_take_as_long_as_the_slowest() {
    let days = ("get_historical_daily_summary".to_owned(), 4, 34.9, 12.4, 47.5);
    assert_eq!(findings("days.jsonl"), [days, ("get_memories".to_owned(), 2, 58.3, 52.6, 64.3)]);
}

#[test]
fn savings_inside_of_savings_are_not_added_up() {
    // Days at once make 30.1 s of the slower person's 52.6 s; the other person's 5.7 s are saved beside that.
    let analysis = analysis("days.jsonl");
    assert_eq!((tenths(analysis.trace.length()), tenths(analysis.diagnosis.mended)), (70.0, 70.0 - 22.5 - 5.7));
}

#[test]
fn a_trace_that_runs_at_once_is_said_to() {
    let analysis = analysis("concurrent.jsonl");
    assert_eq!((analysis.diagnosis.findings.len(), analysis.diagnosis.at_once), (0, 5));
    assert_eq!(analysis.diagnosis.mended, analysis.trace.length());
    assert!(tenths(analysis.model.critical) >= 12.4 + 5.6, "the slowest day, then the slowest merge");
}

#[test]
fn time_in_models_is_told_with_its_calls_and_tokens() {
    let (sequential, concurrent) = (analysis("days.jsonl").model, analysis("concurrent.jsonl").model);
    assert_eq!((sequential.calls.len(), sequential.at_once), (9, 1));
    assert_eq!(sequential.covered, sequential.added);
    assert_eq!((concurrent.calls.len(), concurrent.at_once), (7, 5));
    assert_eq!((tenths(concurrent.covered), tenths(concurrent.added)), (18.0, 56.0));
    assert_eq!(concurrent.tokens, (5 * 600 + 25 * (200 + 17 + 532 + 118 + 12) + 2 * 900, 5 * 400 + 2 * 250));
}

#[test]
fn the_path_goes_through_who_was_waited_for() {
    let spans = vec![
        span("root", "", "request", 0, 100),
        span("1", "root", "first", 10, 50),
        span("2", "root", "second", 15, 40),
        span("3", "root", "third", 55, 90),
        span("4", "3", "inside", 60, 90),
        // It goes on behind the answer: nobody can have waited for it.
        span("5", "root", "behind", 20, 200),
    ];
    let analysis = only(spans);
    let name = |node: Option<usize>| analysis.trace.node(node.unwrap()).span.name.as_str();
    let path: Vec<(&str, u64)> =
        analysis.path.segments.iter().map(|segment| (name(segment.node), segment.duration() / 1_000_000)).collect();
    let expected = [("request", 10), ("first", 40), ("request", 5), ("third", 5), ("inside", 30), ("request", 10)];
    assert_eq!(path, expected);
    assert_eq!((tenths(analysis.trace.length()), tenths(analysis.trace.extent())), (0.1, 0.2));
}

#[test]
fn clocks_of_two_machines_may_differ_a_little() {
    let path = |end: u64| {
        let spans = vec![span("r", "", "call", 0, 1000), span("1", "r", "answer", 10, end)];
        let analysis = only(spans);
        analysis.critical_time(1) / 1_000_000
    };
    assert_eq!(path(1009), 990, "it is cut where its parent ends");
    assert_eq!(path(1020), 0, "that long behind it, nobody waited for it");
}

#[test]
fn of_parts_that_ran_beside_each_other_only_the_last_is_on_the_path() {
    let spans = vec![
        span("r", "", "request", 0, 100),
        span("1", "r", "first", 0, 90),
        span("2", "r", "second", 20, 100),
        span("3", "r", "third", 0, 10),
    ];
    let analysis = only(spans);
    assert_eq!([0, 1, 2, 3].map(|node| analysis.critical_time(node) / 1_000_000), [10, 0, 80, 10]);
}

#[test]
fn spans_whose_parent_is_missing_are_looked_at_together() {
    let spans = (0..4).map(|n| span(&n.to_string(), "nobody", "ask", 10 * n, 10 * n + 10)).collect();
    let analysis = only(spans);
    assert_eq!((analysis.trace.length() / 1_000_000, analysis.diagnosis.mended / 1_000_000), (40, 10));
    assert_eq!((analysis.trace.roots().len(), analysis.diagnosis.findings[0].parent), (4, None));
    let others = (0..4).map(|n| span(&n.to_string(), &format!("nobody {n}"), "ask", 10 * n, 10 * n + 10)).collect();
    assert_eq!(only(others).diagnosis.findings, [], "they are parts of different things");
}

#[test]
fn a_call_inside_of_a_call_is_part_of_it() {
    let spans = vec![
        with(span("1", "", "chat small", 0, 100), "gen_ai.operation.name", "chat"),
        span("2", "1", "generate_content", 10, 90),
        span("3", "2", "POST", 20, 80),
    ];
    let model = only(spans).model;
    assert_eq!((model.calls, model.critical / 1_000_000, model.added / 1_000_000), (vec![0], 100, 100));
}

#[test]
fn what_was_over_before_it_began_was_not_waited_for() {
    let spans =
        vec![span("r", "", "request", 50, 100), span("1", "r", "before", 0, 40), span("2", "r", "part", 60, 70)];
    let trace = only(spans).trace;
    assert_eq!([0, 1, 2].map(|node| trace.is_waited_for(node)), [true, false, true]);
    assert_eq!(trace.length() / 1_000_000, 50);
}

#[test]
fn own_work_is_what_no_part_did() {
    let spans = vec![
        span("r", "", "r", 0, 100),
        span("1", "r", "a", 10, 40),
        span("2", "r", "b", 30, 60),
        span("3", "r", "c", 90, 130),
    ];
    let analysis = only(spans);
    let root = analysis.trace.roots()[0];
    assert_eq!(analysis.self_time(root) / 1_000_000, 100 - 50 - 10);
}
