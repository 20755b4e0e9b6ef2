//! A span, whoever wrote it.

use std::{collections::BTreeMap, fmt};

/// The id of a trace or of a span: hexadecimal and in lower case, if it was an id as OpenTelemetry has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

/// A piece of work with a beginning and an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The trace it is part of.
    pub trace: Id,
    /// Its own id.
    pub id: Id,
    /// The span it was part of; none for the first of a trace.
    pub parent: Option<Id>,
    /// Other spans it says it has to do with.
    pub links: Vec<Id>,
    /// What was done, the same for all work of that kind: `get_memories`.
    pub name: String,
    /// Its part in a call between programs.
    pub kind: Kind,
    /// The program that did it (`service.name`); empty if it did not say.
    pub service: String,
    /// When it began: nanoseconds since 1970, at most `i64::MAX`.
    pub start: u64,
    /// When it ended, no earlier than it began; none if nobody wrote that down.
    pub end: Option<u64>,
    /// Whether it says it failed.
    pub failed: bool,
    /// What it says about itself, as text. Lists and the like are left out.
    pub attributes: BTreeMap<String, String>,
}

/// The part of a span in a call between programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Work inside of a program, and what says nothing.
    #[default]
    Internal,
    /// Answers a call.
    Server,
    /// Calls another program, and waits.
    Client,
    /// Hands work on without waiting.
    Producer,
    /// Does what a producer handed on.
    Consumer,
}

impl Id {
    /// An id as it is written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Span {
    /// An attribute's text.
    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }
}
