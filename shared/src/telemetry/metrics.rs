//! What an invocation took, as one line when it has answered (DESIGN rule 51). Added up from the events that are logged
//! anyway, and some that are not: what is counted cannot differ from what is written.

use std::{
    io::{self, Write as _},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::tally::{Fields, Function, Invocation, Tally};

/// Where the runtime's span of an invocation comes from.
pub(super) const INVOCATIONS: &str = "lambda_runtime::layers::trace";

/// Adds up events until an invocation has ended. A process serves one at a time, and what happened before its first is its
/// first's.
pub(super) struct Metrics {
    function: Function,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tally: Tally,
    request_id: String,
    begun: Option<Instant>,
    is_warm: bool,
    init: Option<Duration>,
}

impl Metrics {
    pub(super) fn new(function: Function) -> Self {
        Self { function, started: Instant::now(), state: Mutex::default() }
    }

    fn begin(&self, attributes: &Attributes<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        state.init = (!state.is_warm).then(|| now.duration_since(self.started));
        (state.is_warm, state.begun) = (true, Some(now));
        state.request_id.clear();
        attributes.record(&mut RequestId(&mut state.request_id));
    }

    /// The line of the invocation that has ended.
    fn end(&self) -> String {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let invocation = Invocation {
            request_id: std::mem::take(&mut state.request_id),
            ended: Timestamp::now(),
            took: state.begun.take().map(|begun| begun.elapsed()).unwrap_or_default(),
            init: state.init.take(),
        };
        std::mem::take(&mut state.tally).line(&self.function, &invocation).to_string()
    }
}

impl<S> Layer<S> for Metrics
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).tally.add(&fields);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: Context<'_, S>) {
        if attributes.metadata().target() == INVOCATIONS {
            self.begin(attributes);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if context.span(&id).is_some_and(|span| span.metadata().target() == INVOCATIONS) {
            // Nobody can be told that standard output is gone.
            let _ = writeln!(io::stdout().lock(), "{}", self.end());
        }
    }
}

struct RequestId<'a>(&'a mut String);

impl Visit for RequestId<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "requestId" {
            value.clone_into(self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "requestId" {
            *self.0 = format!("{value:?}").trim_matches('"').to_owned();
        }
    }
}

#[cfg(test)]
mod tests;
