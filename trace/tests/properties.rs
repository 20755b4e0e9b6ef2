//! Whatever a trace looks like.

use guild_memory_trace::{Analysis, Id, Span, Terminal, Trace, page, picture, read, waterfall};
use proptest::{collection::vec, option, prelude::*};

use crate::build::{file, span};

const PLAIN: Terminal = Terminal { width: 90, has_colours: false, rows: 40 };

/// Spans that are parts of each other as it comes, rings included.
fn spans() -> impl Strategy<Value = Vec<Span>> {
    let one = (0..24_u8, option::of(0..24_u8), 0..3_u8, 0..60_u64, option::of(0..40_u64), any::<bool>(), 0..4_u8);
    let one = one.prop_map(|(id, parent, name, from, took, failed, more)| {
        let names = ["ask", "generate_content", "<a \"b\"> & \u{7}日本語 "];
        let parent = parent.map_or_else(String::new, |parent| parent.to_string());
        let mut span = span(&id.to_string(), &parent, names[usize::from(name)], from, from);
        span.end = took.map(|took| span.start + took * 1_000_000 + u64::from(more));
        span.failed = failed && more == 0;
        span.links.extend((more == 1).then(|| Id::new(id.wrapping_sub(1).to_string())));
        span.attributes.insert("date".to_owned(), format!("2026-03-{id:02}\u{0}<"));
        span
    });
    vec(one, 1..40)
}

fn is_well_formed(xml: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

proptest! {
    #[test]
    fn the_critical_path_adds_up_to_the_length(spans in spans()) {
        let analysis = Analysis::of(Trace::all(spans).remove(0));
        let (length, segments) = (analysis.trace.length(), &analysis.path.segments);
        prop_assert_eq!(segments.iter().map(|segment| segment.duration()).sum::<u64>(), length);
        prop_assert!(segments.windows(2).all(|pair| pair[0].to == pair[1].from), "without gaps: {:?}", segments);
        prop_assert!(segments.iter().all(|segment| segment.from < segment.to));
        prop_assert!(analysis.model.critical <= length && analysis.model.covered <= analysis.model.added);
        let nodes = 0..analysis.trace.nodes().len();
        let own: u64 = nodes.clone().map(|node| analysis.critical_time(node)).sum();
        prop_assert!(own <= length);
        prop_assert!(nodes.into_iter().all(|node| analysis.self_time(node) <= analysis.trace.node(node).duration()));
    }

    #[test]
    fn no_more_is_saved_than_there_is(spans in spans()) {
        let analysis = Analysis::of(Trace::all(spans).remove(0));
        let (length, diagnosis) = (analysis.trace.length(), &analysis.diagnosis);
        prop_assert!(diagnosis.mended <= length);
        for finding in &diagnosis.findings {
            prop_assert!(finding.units.len() > 1 && finding.took <= length && finding.would_take < finding.took);
            prop_assert!(finding.saves() <= length);
            prop_assert!((diagnosis.mended..=length).contains(&finding.trace_would_take), "all of it saves most");
        }
    }

    #[test]
    fn every_trace_is_drawn(spans in spans(), width in 0..200_usize, rows in 0..60_usize, has_colours in any::<bool>()) {
        let analysis = Analysis::of(Trace::all(spans).remove(0));
        let drawn = waterfall(&analysis, Terminal { width, has_colours, rows });
        let is_plain = drawn.chars().all(|c| !c.is_control() || c == '\n' || (has_colours && c == '\u{1b}'));
        prop_assert!(is_plain);
        prop_assert!(is_well_formed(&picture(&analysis)));
        prop_assert!(page(&analysis).contains("</html>"));
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).spans.len() < bytes.len().max(1));
    }

    #[test]
    fn a_damaged_file_is_read_as_far_as_it_goes(at in 0..15_000_usize, byte in any::<u8>(), is_cut in any::<bool>()) {
        let mut bytes = file("days.jsonl");
        let at = at % bytes.len();
        if is_cut { bytes.truncate(at) } else { bytes[at] = byte }
        for trace in Trace::all(read(&bytes).spans) {
            prop_assert!(waterfall(&Analysis::of(trace), PLAIN).contains("ritical path"));
        }
    }

    #[test]
    fn any_time_is_a_time(times in vec(any::<(u64, u64)>(), 1..8)) {
        let spans = times.iter().enumerate().map(|(n, (from, to))| format!(
            r#"{{"traceId":"a","spanId":"{n}","parentSpanId":"{}","name":"n","startTimeUnixNano":"{from}","endTimeUnixNano":{to}}}"#,
            n / 2 + 7 * (n % 2)
        ));
        let text = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, spans.collect::<Vec<_>>().join(","));
        for trace in Trace::all(read(text.as_bytes()).spans) {
            let analysis = Analysis::of(trace);
            prop_assert!(waterfall(&analysis, PLAIN).contains("ritical path"));
            prop_assert!(is_well_formed(&picture(&analysis)));
        }
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_is_drawn() {
    let chain =
        |n: usize| span(&n.to_string(), &n.checked_sub(1).map_or_else(String::new, |n| n.to_string()), "n", 0, 9);
    let analysis = Analysis::of(Trace::all((0..100_000).map(chain).collect()).remove(0));
    assert!(waterfall(&analysis, PLAIN).lines().count() < 60);
}
