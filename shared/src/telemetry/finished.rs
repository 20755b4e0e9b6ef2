//! Spans that are over and were not sent yet.

use std::sync::{Mutex, PoisonError};

use super::span::Span;

/// What is kept of one request; a cold one has about two hundred.
const MAX_SPANS: usize = 4_000;

static FINISHED: Mutex<Finished> = Mutex::new(Finished { spans: Vec::new(), left_out: 0 });

/// Spans that are over.
#[derive(Debug, Default)]
pub struct Finished {
    /// In the order in which they ended.
    pub spans: Vec<Span>,
    /// How many more there were.
    pub left_out: u64,
}

impl Finished {
    /// Those since it was asked last.
    pub fn take() -> Self {
        std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One more. The last is the one that all others are parts of: there is always room for it.
    pub(super) fn add(span: Span) {
        let mut finished = FINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        if finished.spans.len() < MAX_SPANS || span.is_root() {
            finished.spans.push(span);
        } else {
            finished.left_out += 1;
        }
    }
}
