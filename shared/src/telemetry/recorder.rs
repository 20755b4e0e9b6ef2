//! Records spans while they go on.

use tracing::{
    Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, Registry, layer::Context, registry::LookupSpan};

use super::{finished::Finished, span::Span};
use crate::domain::TraceParent;

/// The target of all spans that are recorded. No log has it, and no log shows them.
pub(super) const TARGET: &str = "span";

/// The name of the span that all others of a request are parts of. What belongs to no request is in no trace.
const REQUEST: &str = "invocation";

/// Records the spans that its filter lets through.
pub(super) struct Recorder;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(there) = context.span(id) else { return };
        // The nearest that is recorded: what there was no room for has no parts of its own.
        let around =
            there.scope().skip(1).find_map(|around| around.extensions().get::<Span>().map(|span| span.context));
        let is_recorded = match around {
            Some(around) => !around.sampled || Finished::take_room(),
            None => there.name() == REQUEST,
        };
        if !is_recorded {
            return;
        }
        let mut span = Span::begin(there.name(), around);
        attributes.record(&mut span);
        there.extensions_mut().insert(span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(there) = context.span(id)
            && let Some(span) = there.extensions_mut().get_mut::<Span>()
        {
            values.record(span);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).and_then(|there| there.extensions_mut().remove::<Span>());
        if let Some(mut span) = span.filter(|span| span.context.sampled) {
            span.end();
            Finished::add(span);
        }
    }
}

/// The span that goes on right now; `None` where none is recorded.
#[must_use]
pub fn current() -> Option<TraceParent> {
    let current = tracing::Span::current().with_subscriber(|(id, subscriber)| {
        let registry = subscriber.downcast_ref::<Registry>()?;
        let mut around = registry.span(id)?.scope();
        around.find_map(|there| there.extensions().get::<Span>().map(|span| span.context))
    });
    current.flatten()
}
