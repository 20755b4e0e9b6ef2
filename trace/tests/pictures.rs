//! Pictures: what they say, and that nothing is on top of something else.

use guild_memory_trace::{Panel, Rows, Terminal, comparison, page, picture, waterfall};

use crate::build::{analysis, only, span, with};

const PLAIN: Terminal = Terminal { width: 120, has_colours: false, rows: 60 };

#[test]
fn the_terminal_shows_names_times_and_what_could_have_overlapped() {
    let drawn = waterfall(&analysis("days.jsonl"), PLAIN);
    assert!(drawn == include_str!("traces/days.txt"), "tests/traces/days.txt should be:\n{drawn}");
}

/// The names and bars of the rows.
fn rows(spans: Vec<guild_memory_trace::Span>) -> Vec<String> {
    let drawn = waterfall(&only(spans), PLAIN);
    let rows = drawn.lines().skip(4).take_while(|line| !line.is_empty());
    rows.map(|row| {
        row.split_whitespace().take_while(|word| !word.starts_with(char::is_numeric)).collect::<Vec<_>>().join(" ")
    })
    .collect()
}

#[test]
fn what_fills_a_span_is_in_its_row() {
    let names = |spans| {
        rows(spans).iter().map(|row| row.split(['─', '━']).next().unwrap().trim().to_owned()).collect::<Vec<_>>()
    };
    let request = || span("r", "", "request", 0, 1000);
    assert_eq!(names(vec![request(), span("1", "r", "work", 0, 990)]), ["request › work"]);
    assert_eq!(names(vec![request(), span("1", "r", "work", 0, 900)]), ["request", "work"]);
    let beside = vec![request(), span("1", "r", "work", 0, 1000), span("2", "r", "other", 0, 1000)];
    assert_eq!(names(beside), ["request", "work", "other"]);
    let hair = vec![request(), span("1", "r", "work", 5, 1000), span("2", "r", "hair", 0, 4)];
    assert_eq!(names(hair), ["request › work +1 shorter"]);
}

#[test]
fn as_many_rows_are_drawn_as_there_is_room_for_and_what_shares_one_takes_one() {
    // Ten days of 400 to 580 ms, each filled by four others, and a hair.
    let of_day = |n: u64| {
        let (from, to) = (10 * n, 10 * n + 400 + 20 * n);
        let id = |part: &str| format!("{n}{part}");
        let part = |of: &str, name: &str| span(&id(name), &id(of), name, from, to);
        let mut spans =
            vec![span(&id("day"), "r", "day", from, to), span(&id("hair"), &id("ask"), "hair", from, from + 11)];
        spans.extend([part("day", "invoke"), part("invoke", "handle"), part("handle", "ask")]);
        spans
    };
    let trace = || only([vec![span("r", "", "request", 0, 1000)], (0..10).flat_map(of_day).collect()].concat());
    let drawn = |rows| Rows::of(&trace(), rows).rows.len();
    assert_eq!([drawn(60), drawn(21)], [21, 21]);
    assert_eq!([drawn(20), drawn(11)], [11, 11], "the hairs go first");
    assert_eq!([drawn(10), drawn(5)], [10, 5], "then the shortest days");
}

#[test]
fn what_tells_spans_apart_is_beside_their_names() {
    let ask = |id: &str, from, about: &str| {
        with(with(span(id, "r", "ask", from, from + 300), "berth.id", about), "prompt", id)
    };
    let drawn =
        rows(vec![span("r", "", "request", 0, 1000), ask("1", 0, "n1"), ask("2", 300, "n2"), ask("3", 600, "n2")]);
    let labels: Vec<&str> = drawn[1..].iter().map(|row| row.split(['─', '━']).next().unwrap().trim()).collect();
    assert_eq!(labels, ["ask id n1", "ask id n2", "ask id n2"], "tried again, and no prompt is shown");
}

#[test]
fn what_is_short_and_on_the_path_is_drawn_so() {
    let spans =
        vec![span("r", "", "request", 0, 1000), span("1", "r", "read", 400, 411), span("2", "r", "rest", 450, 1000)];
    assert!(rows(spans).contains(&"read ━".to_owned()));
}

#[test]
fn a_second_try_could_have_run_behind_the_first() {
    let mut failed = span("1", "r", "ask", 0, 400);
    failed.failed = true;
    let spans = vec![
        span("r", "", "request", 0, 1000),
        failed,
        span("2", "r", "ask", 400, 600),
        span("3", "r", "ask", 600, 1000),
    ];
    let drawn = picture(&only(spans));
    let could: Vec<&str> = drawn.lines().filter(|line| line.contains("class=\"could\"")).skip(1).collect();
    assert_eq!(could.len(), 1, "the first two stay where they are: {could:?}");
    assert!(could[0].contains("x=\"380.0\""), "{could:?}");
}

#[test]
fn a_narrow_terminal_is_not_exceeded() {
    for width in [60, 80, 200] {
        let drawn = waterfall(&analysis("days.jsonl"), Terminal { width, ..PLAIN });
        let longest = drawn.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(longest.chars().count() <= width, "{longest}");
    }
}

#[test]
fn colours_change_no_letter() {
    let coloured = waterfall(&analysis("memories.jsonl"), Terminal { has_colours: true, ..PLAIN });
    let plain: String =
        coloured.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, text)| text)).collect();
    assert!(coloured.starts_with('\u{1b}'));
    assert_eq!(plain, "".to_owned() + &waterfall(&analysis("memories.jsonl"), PLAIN));
}

#[test]
fn a_picture_stands_alone_and_says_what_it_shows() {
    let drawn = picture(&analysis("memories.jsonl"));
    for part in [
        "<title id",
        "<desc id",
        "prefers-color-scheme: dark",
        "36.5 s → 15.5 s at once",
        "class=\"could\"",
        "critical path",
    ] {
        assert!(drawn.contains(part), "{part}");
    }
    for from_outside in ["href", "url(", "@import", "<script"] {
        assert!(!drawn.contains(from_outside), "{from_outside}");
    }
}

#[test]
fn traces_in_one_picture_have_one_scale() {
    let (long, short) = (analysis("days.jsonl"), analysis("concurrent.jsonl"));
    let panels = [Panel { heading: "one by one", analysis: &long }, Panel { heading: "at once", analysis: &short }];
    let drawn = comparison("Both", "measured", &panels);
    assert_eq!(drawn.matches(">70 s</text>").count(), 2, "both axes are as long as the longer trace");
    assert!(["one by one", "at once", "Sequential:", "Concurrent:"].iter().all(|part| drawn.contains(part)));
    assert!(!drawn.contains("Critical path 70.0 s"), "each in a line");
    assert!(comparison("None", "", &[]).contains("<title"));
}

#[test]
fn the_picture_in_the_pages_is_that_of_the_file() {
    let shown = include_str!("../../docs/pictures/trace.svg");
    let command = "cargo run -q -p cli -- trace trace/tests/traces/days.jsonl --svg docs/pictures/trace.svg";
    assert!(shown == picture(&analysis("days.jsonl")), "draw it anew: {command}");
}

#[test]
fn a_page_stands_alone() {
    let drawn = page(&analysis("concurrent.jsonl"));
    assert!(
        drawn.contains("default-src 'none'") && drawn.contains("<svg ") && drawn.contains("<td>daily_summary</td>")
    );
    for from_outside in ["href", "src=", "url(", "@import", "<script"] {
        assert!(!drawn.contains(from_outside), "{from_outside}");
    }
}

#[test]
fn texts_of_a_row_do_not_overlap() {
    // Bars at both ends and everywhere between, with names that are too long.
    let name = "a_name_that_is_much_longer_than_there_is_room_for_in_any_picture_of_this_width";
    let mut spans = vec![span("root", "", name, 0, 1000)];
    spans.extend((0..50_u64).map(|n| span(&n.to_string(), "root", name, 20 * n, 20 * n + 20 - n % 3)));
    let drawn = picture(&only(spans));
    let mut texts: Vec<(f64, f64, f64)> = drawn.lines().filter_map(text).collect();
    texts.sort_by(|a, b| a.partial_cmp(b).unwrap());
    for pair in texts.windows(2).filter(|pair| pair[0].0 == pair[1].0 && (0.0..51.0).contains(&pair[0].0)) {
        assert!(pair[0].2 <= pair[1].1, "{pair:?}");
    }
    assert!(texts.len() > 100 && texts.iter().all(|(_, from, to)| *from >= 0.0 && *to <= 1_100.0), "{texts:?}");
}

/// The row of a text, and where it begins and ends.
fn text(line: &str) -> Option<(f64, f64, f64)> {
    let attribute = |name: &str| line.split_once(&format!(" {name}=\""))?.1.split('"').next();
    let rest = line.strip_prefix("<text")?;
    let letters = rest.split_once('>')?.1.trim_end_matches("</text>").chars().count();
    let (x, y): (f64, f64) = (attribute("x")?.parse().ok()?, attribute("y")?.parse().ok()?);
    let size = if attribute("class") == Some("title") { 15.0 } else { 11.5 };
    let width = letters as f64 * size * 0.55;
    let row = ((y - 108.0) / 22.0).floor();
    Some(match attribute("text-anchor")? {
        "end" => (row, x - width, x),
        "middle" => (row, x - width / 2.0, x + width / 2.0),
        _ => (row, x, x + width),
    })
}
