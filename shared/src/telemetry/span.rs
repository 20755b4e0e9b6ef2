//! A span as it is recorded.

use std::{
    borrow::Cow,
    fmt,
    hash::{BuildHasher as _, RandomState},
    num::NonZero,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tracing::field::{Field, Visit};

use crate::domain::TraceParent;

/// What an attribute says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An id, a date, a name of ours.
    Text(String),
    /// A count.
    Number(i64),
    /// A measure.
    Measure(f64),
    /// Whether it is so.
    Flag(bool),
}

/// Who a span is about, as OpenTelemetry numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Work of this process.
    Internal = 1,
    /// What somebody else asked this process for.
    Server = 2,
    /// What this process asked somebody else for, and waited.
    Client = 3,
    /// What this process left for somebody else to do.
    Producer = 4,
}

/// A piece of work: its name, its beginning, its end, and ids and counts about it, never text (DESIGN rule 21).
#[derive(Debug, Clone)]
pub struct Span {
    /// The trace and the span, and whether it is recorded.
    pub context: TraceParent,
    /// The span that it is a part of.
    pub parent: Option<NonZero<u64>>,
    /// What kind of work it is.
    pub name: Cow<'static, str>,
    /// Who it is about.
    pub kind: Kind,
    /// Since 1970.
    pub began: Duration,
    /// How long it took.
    pub took: Duration,
    /// Names as in OpenTelemetry's conventions, or ours.
    pub attributes: Vec<(&'static str, Value)>,
    /// Whether it failed.
    pub failed: bool,
    begun: Instant,
}

impl Span {
    /// A span that begins now, of the same trace as the span around it, or the first of a new one.
    pub(super) fn begin(name: &'static str, around: Option<TraceParent>) -> Self {
        let span = NonZero::new(random()).unwrap_or(NonZero::<u64>::MIN);
        let context = match around {
            Some(around) => TraceParent { span, ..around },
            None => TraceParent { trace: trace(), span, sampled: true },
        };
        Self {
            context,
            parent: around.map(|around| around.span),
            name: Cow::Borrowed(name),
            kind: Kind::Internal,
            began: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            took: Duration::ZERO,
            attributes: Vec::new(),
            failed: false,
            begun: Instant::now(),
        }
    }

    /// It is over.
    pub(super) fn end(&mut self) {
        self.took = self.begun.elapsed();
    }

    fn set(&mut self, field: &Field, value: Value) {
        let name = field.name();
        match (name, &value) {
            ("otel.kind", Value::Text(kind)) => {
                self.kind = match kind.as_str() {
                    "server" => Kind::Server,
                    "client" => Kind::Client,
                    "producer" => Kind::Producer,
                    _ => Kind::Internal,
                };
                return;
            }
            ("otel.name", Value::Text(name)) => {
                self.name = Cow::Owned(name.clone());
                return;
            }
            // What somebody else began. One that is broken is none.
            ("traceparent", Value::Text(text)) => {
                if let Ok(parent) = text.parse::<TraceParent>() {
                    self.context = TraceParent { span: self.context.span, ..parent };
                    self.parent = Some(parent.span);
                }
                return;
            }
            ("error.type", _) => self.failed = true,
            _ => {}
        }
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, before)) => *before = value,
            None => self.attributes.push((name, value)),
        }
    }
}

impl Visit for Span {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::Text(value.to_owned()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Flag(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::Number(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::Number(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::Measure(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, Value::Text(format!("{value:?}")));
    }
}

fn trace() -> NonZero<u128> {
    NonZero::new(u128::from(random()) << 64 | u128::from(random())).unwrap_or(NonZero::<u128>::MIN)
}

/// The keys of a hash map are random, and others for each.
fn random() -> u64 {
    RandomState::new().hash_one(())
}
