//! What is an alarm, and what is none.

use guild_memory_trace::{Id, Span};

use crate::build::{only, span, with};

/// How many spans, as how many units, each finding has.
fn findings(parts: Vec<Span>) -> Vec<(usize, usize)> {
    let to = parts.iter().filter_map(|part| part.end).max().unwrap();
    let mut root = span("root", "", "request", 0, 0);
    root.end = Some(to);
    let analysis = only(std::iter::once(root).chain(parts).collect());
    let all = analysis.diagnosis.findings.iter();
    all.map(|finding| (finding.units.iter().flatten().count(), finding.units.len())).collect()
}

fn part(id: &str, name: &str, from: u64, to: u64) -> Span {
    span(id, "root", name, from, to)
}

#[test]
fn alike_and_one_after_the_other_is_an_alarm() {
    assert_eq!(findings(vec![part("1", "ask", 0, 50), part("2", "ask", 50, 90), part("3", "ask", 91, 100)]), [(3, 3)]);
}

#[test]
fn different_work_is_none() {
    assert_eq!(findings(vec![part("1", "lease", 0, 20), part("2", "build", 20, 90), part("3", "commit", 90, 100)]), []);
}

#[test]
fn what_overlaps_somewhere_is_none() {
    // Three at once, and the next as soon as one is done.
    let pool =
        vec![part("1", "ask", 0, 50), part("2", "ask", 0, 30), part("3", "ask", 30, 60), part("4", "ask", 60, 100)];
    assert_eq!(findings(pool), []);
}

#[test]
fn what_comes_later_is_none() {
    assert_eq!(findings(vec![part("1", "ask", 0, 40), part("2", "ask", 60, 100)]), [], "something was done in between");
}

#[test]
fn a_second_try_belongs_with_the_first() {
    let mut failed = part("1", "ask", 0, 50);
    failed.failed = true;
    assert_eq!(findings(vec![failed.clone(), part("2", "ask", 50, 100)]), []);
    assert_eq!(findings(vec![failed, part("2", "ask", 80, 150), part("3", "ask", 150, 200)]), [(3, 2)]);
}

#[test]
fn pages_that_go_on_from_each_other_are_none() {
    for key in ["page", "discord.after", "aws.dynamodb.exclusive_start_key", "cursor"] {
        let page = |id, from, to| with(part(id, "read", from, to), key, id);
        assert_eq!(findings(vec![part("1", "read", 0, 50), page("2", 50, 80), page("3", 80, 100)]), [], "{key}");
    }
}

#[test]
fn turns_of_a_conversation_are_none() {
    let turn = |id, from, to, talk| with(part(id, "chat", from, to), "gen_ai.conversation.id", talk);
    assert_eq!(findings(vec![turn("1", 0, 50, "a"), turn("2", 50, 100, "a")]), []);
    assert_eq!(findings(vec![turn("1", 0, 50, "a"), turn("2", 50, 100, "b")]), [(2, 2)]);
}

#[test]
fn what_links_to_the_one_before_is_none() {
    let mut second = part("2", "ask", 50, 100);
    second.links.push(Id::new("1"));
    assert_eq!(findings(vec![part("1", "ask", 0, 50), second]), []);
}

#[test]
fn what_nobody_waits_for_is_none() {
    let parts = |end| vec![part("1", "ask", 0, 100), span("2", "1", "look", 0, 50), span("3", "1", "look", 50, end)];
    assert_eq!(findings(parts(100)), [(2, 2)]);
    assert_eq!(findings(parts(150)), [], "the second one goes on behind the answer");
}

#[test]
fn what_saves_next_to_nothing_is_none() {
    assert_eq!(findings(vec![part("1", "ask", 0, 1), part("2", "ask", 1, 2), part("3", "build", 2, 200)]), []);
}

#[test]
fn what_came_after_a_run_waits_for_all_of_it() {
    let spans = vec![
        span("root", "", "request", 0, 100),
        part("1", "ask", 0, 20),
        part("2", "ask", 20, 60),
        part("3", "ask", 60, 70),
        part("4", "merge", 75, 100),
    ];
    let mended = only(spans).diagnosis.mended / 1_000_000;
    assert_eq!(mended, 40 + 5 + 25, "the slowest, what was between, and what came after");
}
