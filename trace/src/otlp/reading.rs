//! What was read, and what was not.

use std::fmt;

use crate::span::Span;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Spans of all traces, in the order of the file.
    pub spans: Vec<Span>,
    /// What could not be read, and why.
    pub problems: Vec<Problem>,
    /// Documents that hold no traces but logs or metrics: nothing is wrong with them.
    pub other_signals: usize,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line on which its document begins; the first is 1.
    pub line: usize,
    /// What is wrong, where in the document, and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}
