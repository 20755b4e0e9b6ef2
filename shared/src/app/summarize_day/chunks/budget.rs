//! How many calls a chunk may take.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::ports::ModelError;

/// Questions about one chunk and its halves, all told.
const MAX_CALLS: u32 = 8;

/// The calls that were made for one chunk. Its halves share it.
#[derive(Default)]
pub(super) struct CallBudget {
    made: AtomicU32,
}

impl CallBudget {
    /// Counts a call that is about to be made.
    ///
    /// # Errors
    /// `Unavailable` when no more may be made.
    pub(super) fn spend(&self) -> Result<(), ModelError> {
        if self.made.fetch_add(1, Ordering::Relaxed) < MAX_CALLS {
            return Ok(());
        }
        let reason = format!(
            "{MAX_CALLS} calls brought no whole answer about the same messages; asked again, it goes on from there"
        );
        Err(ModelError::Unavailable { reason })
    }

    /// Counts what a question took beyond its first call: models that stood in for each other were called, too.
    pub(super) fn spend_stand_ins(&self, calls: u32) {
        self.made.fetch_add(calls.saturating_sub(1), Ordering::Relaxed);
    }
}
