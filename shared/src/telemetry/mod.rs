//! Logs and spans. Which events exist, and their fields, is in `docs/LOGGING.md`, which spans in `docs/traces.md`; none ever
//! holds chat text, facts, prompts, names or secrets (DESIGN rule 21).

mod finished;
mod metrics;
mod recorder;
mod span;
mod tally;

use tracing::{Level, Subscriber};
use tracing_subscriber::{
    Layer as _, Registry,
    filter::{Filtered, LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

pub use finished::Finished;
use metrics::{INVOCATIONS, Metrics};
pub use recorder::current;
use recorder::{Recorder, TARGET};
pub use span::{Kind, Span, Value};
use tally::Function;

/// The crates that follow rule 21.
const OURS: [&str; 8] = [
    "guild_memory",
    "ingest_messages",
    "daily_summary",
    "get_memories",
    "people",
    "interactions",
    "respond",
    "sync_messages",
];

/// Starts logging to standard output: `AWS_LAMBDA_LOG_FORMAT` (`JSON`, else text) and `AWS_LAMBDA_LOG_LEVEL` (`INFO`); and
/// recording spans, if `OTEL_EXPORTER_OTLP_ENDPOINT` says where they are to be sent. Otherwise none is ever made: a span costs
/// a look at a flag (DESIGN rule 50).
///
/// The level is for this project's own events. Libraries only warn: at their lower levels the SDK, the HTTP client and the
/// runtime print requests and answers, and with them what people wrote.
pub fn init(lookup: impl Fn(&str) -> Option<String>) {
    let level = lookup("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    let layer = if is_json(&lookup) {
        fmt::layer().json().flatten_event(true).with_span_list(false).boxed()
    } else {
        fmt::layer().with_ansi(false).boxed()
    };
    let registry = Registry::default().with(layer.with_filter(logged(level))).with(metered(&lookup));
    if lookup("OTEL_EXPORTER_OTLP_ENDPOINT").is_some_and(|endpoint| !endpoint.trim().is_empty()) {
        registry.with(Recorder.with_filter(recorded())).init();
    } else {
        registry.init();
    }
    // The message of a panic can quote anything; where it happened cannot.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(event = "panicked", location);
    }));
}

/// What is in logs.
fn logged(level: Level) -> Targets {
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target(INVOCATIONS, LevelFilter::INFO) // the span with the request's id
        .with_targets(OURS.map(|target| (target, level)))
}

/// What is recorded, and in no log.
fn recorded() -> Targets {
    Targets::new().with_target(TARGET, Level::INFO)
}

/// Adds up what an invocation takes, whatever the log's level, where lines are JSON.
fn metered<S>(lookup: impl Fn(&str) -> Option<String>) -> Option<Filtered<Metrics, Targets, S>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let function = Function {
        name: lookup("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        memory_mb: lookup("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|size| size.parse().ok()).unwrap_or_default(),
        namespace: lookup("METRICS_NAMESPACE").filter(|namespace| !namespace.is_empty()),
    };
    let targets = Targets::new()
        .with_target(INVOCATIONS, LevelFilter::INFO)
        .with_targets(OURS.map(|target| (target, LevelFilter::TRACE)));
    is_json(&lookup).then(|| Metrics::new(function).with_filter(targets))
}

/// `AWS_LAMBDA_LOG_FORMAT`: JSON, a line an event, if it is `JSON`; text otherwise.
fn is_json(lookup: impl Fn(&str) -> Option<String>) -> bool {
    lookup("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.eq_ignore_ascii_case("json"))
}

#[cfg(test)]
mod tests;
