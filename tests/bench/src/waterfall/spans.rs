//! A replay as a trace of OpenTelemetry's.

use std::collections::BTreeMap;

use guild_memory_trace::{Id, Kind, Span};

use crate::experiments::replay::{self, Replay, What};

const ROOT: &str = "replay";

/// The spans of a replay, as parts of one that lasts as long as it.
pub(super) fn of(replay: &Replay) -> Vec<Span> {
    let root = replay::Span { what: What::Request, from_s: 0.0, to_s: replay.wall_s };
    let root = Span { name: replay.trace.to_owned(), ..span(ROOT, None, &root, None) };
    let parts = replay
        .spans
        .iter()
        .enumerate()
        .map(|(n, part)| span(&n.to_string(), Some(&parent(replay, part)), part, about(replay, part)));
    std::iter::once(root).chain(parts).collect()
}

/// What it was a part of: summaries of their day, days and merges of the request they were made in.
fn parent(replay: &Replay, part: &replay::Span) -> String {
    let is_parent = |other: &replay::Span| match &part.what {
        What::Summary(label) => other.what == What::Day(label.clone()),
        What::Day(_) | What::Merge(_) => other.what == What::Request,
        What::Request => false,
    };
    let is_around = |other: &replay::Span| other.from_s <= part.from_s && part.to_s <= other.to_s;
    let found = replay.spans.iter().position(|other| is_parent(other) && is_around(other));
    found.map_or_else(|| ROOT.to_owned(), |found| found.to_string())
}

/// The day or the person it was about, with the name of that. A request about one person is about that one.
fn about<'a>(replay: &'a Replay, part: &'a replay::Span) -> Option<(&'static str, &'a String)> {
    match &part.what {
        What::Day(label) | What::Summary(label) => Some(("day", label)),
        What::Merge(person) => Some(("person", person)),
        What::Request => {
            let inside = |other: &&replay::Span| part.from_s <= other.from_s && other.to_s <= part.to_s;
            let mut people = replay.spans.iter().filter(inside).filter_map(|other| match &other.what {
                What::Merge(person) => Some(person),
                _ => None,
            });
            Some(("person", people.next()?)).filter(|_| people.next().is_none())
        }
    }
}

fn span(id: &str, parent: Option<&str>, part: &replay::Span, about: Option<(&str, &String)>) -> Span {
    let nanos = |seconds: f64| (seconds * 1e9) as u64;
    let name = match &part.what {
        What::Request => "get_memories",
        What::Day(_) => "daily_summary",
        What::Summary(_) | What::Merge(_) => "generate_content",
    };
    let about = about.map(|(key, value)| (key.to_owned(), value.clone()));
    Span {
        trace: Id::new(ROOT),
        id: Id::new(id),
        parent: parent.map(Id::new),
        links: Vec::new(),
        name: name.to_owned(),
        kind: Kind::Internal,
        service: String::new(),
        start: nanos(part.from_s),
        end: Some(nanos(part.to_s)),
        failed: false,
        attributes: about.into_iter().collect::<BTreeMap<_, _>>(),
    }
}
