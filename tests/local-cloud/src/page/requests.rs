//! The last requests, as waterfalls.

use guild_memory_trace::{Analysis, Row, Rows, Trace, duration, headline, read};
use jiff::Timestamp;
use serde::Serialize;

use crate::traces::{RequestTrace, Traces};

/// So many requests are shown.
const MOST_REQUESTS: usize = 6;
/// So many rows a waterfall has at the most.
const MOST_ROWS: usize = 40;

/// A request, and where its time went.
#[derive(Serialize)]
pub(super) struct RequestCard {
    /// The id of its trace.
    id: String,
    name: String,
    began_at: Timestamp,
    /// How long somebody waited: `1.2 s`.
    took: String,
    /// How much work it was, and how long a model was at work.
    headline: String,
    /// Where the axis ends.
    extent: String,
    rows: Vec<Bar>,
    /// Spans that are too short for a row.
    hidden: usize,
}

/// A row of a waterfall. Places are parts of the whole, from 0 to 1.
#[derive(Serialize)]
struct Bar {
    name: String,
    detail: String,
    depth: usize,
    from: f64,
    to: f64,
    took: String,
    is_model: bool,
    /// Where the critical path goes through it.
    critical: Vec<[f64; 2]>,
    notes: Vec<&'static str>,
}

/// The last requests, the last one first.
pub(super) fn cards(traces: &Traces) -> Vec<RequestCard> {
    traces.requests(MOST_REQUESTS).iter().filter_map(card).collect()
}

/// The page of a request's trace, if it is kept.
pub(super) fn page(traces: &Traces, id: &str) -> Option<String> {
    let requests = traces.requests(usize::MAX);
    let request = requests.iter().find(|request| request.id == id)?;
    Some(guild_memory_trace::page(&analysis(request)?))
}

fn analysis(request: &RequestTrace) -> Option<Analysis> {
    let spans = read(request.otlp.to_string().as_bytes()).spans;
    Trace::all(spans).pop().map(Analysis::of)
}

fn card(request: &RequestTrace) -> Option<RequestCard> {
    let analysis = analysis(request)?;
    let Rows { rows, hidden } = Rows::of(&analysis, MOST_ROWS);
    let extent = analysis.trace.extent();
    let took = duration(analysis.trace.length());
    Some(RequestCard {
        id: request.id.clone(),
        name: analysis.name().to_owned(),
        began_at: Timestamp::from_nanosecond(i128::from(request.began)).ok()?,
        headline: behind(&headline(&analysis), &took),
        took,
        extent: duration(extent),
        rows: rows.iter().map(|row| bar(row, extent)).collect(),
        hidden,
    })
}

/// A headline without the time it begins with, which stands before it in large letters.
fn behind(headline: &str, took: &str) -> String {
    let rest = headline.strip_prefix(took).and_then(|rest| rest.strip_prefix(", "));
    rest.unwrap_or(headline).to_owned()
}

fn bar(row: &Row, extent: u64) -> Bar {
    // As exact as a screen is.
    let part = |time: u64| if extent == 0 { 0.0 } else { (time as f64 / extent as f64 * 1e4).round() / 1e4 };
    let detail: Vec<String> = row.detail.iter().cloned().chain(row.hidden()).collect();
    Bar {
        name: row.name.clone(),
        detail: detail.join("  "),
        depth: row.depth,
        from: part(row.from),
        to: part(row.to),
        took: duration(row.to - row.from),
        is_model: row.is_model,
        critical: row.critical.iter().map(|(from, to)| [part(*from), part(*to)]).collect(),
        notes: row.notes.clone(),
    }
}
