//! Spans that are over and were not sent yet.

use std::sync::{Mutex, PoisonError};

use super::span::Span;

/// What is kept of one request; a cold one has about two hundred.
const MAX_SPANS: usize = 4_000;

static FINISHED: Mutex<Finished> = Mutex::new(Finished { spans: Vec::new(), left_out: 0, begun: 0 });

/// Spans that are over.
#[derive(Debug, Default)]
pub struct Finished {
    /// In the order in which they ended.
    pub spans: Vec<Span>,
    /// How many more there were.
    pub left_out: u64,
    begun: usize,
}

impl Finished {
    /// Those since it was asked last.
    pub fn take() -> Self {
        std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes room for a part of another span, if there is any. This is done when it begins: what it is a part of has begun before,
    /// so whatever there is no room for, all others have their parents.
    pub(super) fn take_room() -> bool {
        let mut finished = FINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = finished.begun < MAX_SPANS;
        finished.begun += usize::from(has_room);
        finished.left_out += u64::from(!has_room);
        has_room
    }

    /// One more.
    pub(super) fn add(span: Span) {
        FINISHED.lock().unwrap_or_else(PoisonError::into_inner).spans.push(span);
    }
}
