use std::{
    collections::HashSet,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{field::Empty, info, info_span, subscriber::with_default};
use tracing_subscriber::Layer;

use super::*;
use crate::domain::TraceParent;

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What logs say.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logs(lines: &Lines) -> impl tracing_subscriber::Layer<Registry> + Send + Sync + use<> {
    let lines = lines.clone();
    fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(move || lines.clone())
}

fn both(lines: &Lines) -> impl Subscriber + Send + Sync + use<> {
    Registry::default().with(logs(lines).with_filter(logged(Level::TRACE))).with(Recorder.with_filter(recorded()))
}

/// Of that trace alone: all tests of the process leave theirs in one place.
fn recorded_of(work: impl FnOnce() -> TraceParent) -> Vec<Span> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one_at_a_time = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let trace = with_default(both(&Lines::default()), work).trace;
    Finished::take().spans.into_iter().filter(|span| span.context.trace == trace).collect()
}

#[test]
fn rule_50_spans_know_what_they_are_a_part_of() {
    let spans = recorded_of(|| {
        let outer =
            info_span!(target: "span", "invocation", otel.kind = "server", users = 3_usize, left = Empty).entered();
        info_span!(target: "span", "inner", guild = %"1", hit = true).in_scope(|| ());
        outer.record("left", 1.5);
        outer.record("users", 4_u64);
        current().unwrap()
    });
    let [inner, outer] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((inner.parent, outer.parent), (Some(outer.context.span), None));
    assert_eq!((outer.kind, inner.kind), (Kind::Server, Kind::Internal));
    assert_eq!(inner.attributes, [("guild", Value::Text("1".to_owned())), ("hit", Value::Flag(true))]);
    assert_eq!(outer.attributes, [("users", Value::Number(4)), ("left", Value::Measure(1.5))]);
    assert!(outer.took >= inner.took && outer.began <= inner.began);
}

#[test]
fn rule_50_a_traceparent_makes_it_a_part_of_somebody_elses() {
    let caller: TraceParent = CALLER.parse().unwrap();
    let spans = recorded_of(|| {
        let span = info_span!(target: "span", "invocation", otel.name = "people", traceparent = Some(CALLER)).entered();
        let current = current().unwrap();
        drop(span);
        current
    });
    assert_eq!((spans[0].context.trace, spans[0].parent), (caller.trace, Some(caller.span)));
    assert_eq!((&*spans[0].name, spans[0].attributes.len()), ("people", 0));
}

#[test]
fn rule_50_what_the_caller_does_not_sample_is_not_recorded_and_handed_on_so() {
    let unsampled = CALLER.replace("-01", "-00");
    let spans = recorded_of(|| {
        let _outer = info_span!(target: "span", "invocation", traceparent = unsampled).entered();
        let _inner = info_span!(target: "span", "inner").entered();
        assert!(!current().unwrap().sampled);
        current().unwrap()
    });
    assert!(spans.is_empty(), "{spans:?}");
}

#[test]
fn rule_50_however_many_there_are_each_that_is_kept_has_its_parent() {
    let spans = recorded_of(|| {
        let _outer = info_span!(target: "span", "invocation").entered();
        for _ in 0..3_000 {
            info_span!(target: "span", "day").in_scope(|| info_span!(target: "span", "call").in_scope(|| ()));
        }
        current().unwrap()
    });
    assert!((3_900..=4_001).contains(&spans.len()), "{}", spans.len());
    let kept: HashSet<_> = spans.iter().map(|span| span.context.span).collect();
    assert!(spans.iter().all(|span| span.parent.is_none_or(|parent| kept.contains(&parent))));
    assert_eq!(spans.iter().filter(|span| span.parent.is_none()).count(), 1, "the request itself is there");
}

#[test]
fn rule_50_spans_are_in_no_log_and_events_in_no_span() {
    let (lines, without) = (Lines::default(), Lines::default());
    let work = || {
        let _request = info_span!(target: "lambda_runtime::layers::trace", "request", requestId = "r").entered();
        let _span = info_span!(target: "span", "invocation", guild = %"7").entered();
        let _part = info_span!(target: "span", "summarize_day", guild = %"7").entered();
        info!(target: "guild_memory", event = "day_built");
        info_span!(target: "elsewhere", "other").in_scope(|| assert!(current().is_none_or(|span| span.sampled)));
    };
    with_default(both(&lines), work);
    with_default(Registry::default().with(logs(&without).with_filter(logged(Level::TRACE))), work);
    let text = |lines: &Lines| {
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        text.split_once(",\"level\"").unwrap().1.to_owned() // after the time
    };
    assert_eq!(text(&lines), text(&without), "whether there are spans or not");
    assert!(text(&lines).contains(r#""requestId":"r""#) && !text(&lines).contains("summarize_day"));
}

#[test]
fn rule_50_what_belongs_to_no_request_is_in_no_trace() {
    let spans = recorded_of(|| {
        info_span!(target: "span", "DynamoDB").in_scope(|| assert_eq!(current(), None));
        info_span!(target: "span", "invocation").in_scope(|| current().unwrap())
    });
    assert_eq!(spans.iter().map(|span| &*span.name).collect::<Vec<_>>(), ["invocation"]);
}

#[test]
fn rule_50_where_none_are_recorded_none_are_made() {
    with_default(Registry::default().with(logs(&Lines::default()).with_filter(logged(Level::TRACE))), || {
        assert!(info_span!(target: "span", "summarize_day").is_disabled());
        assert_eq!(current(), None);
    });
}
