//! What a model may be asked, and how long it has.

use std::{num::NonZeroU32, time::Duration};

use super::Budget;

/// How long a call may take where nothing else is configured.
const USUAL_TIMEOUT: Duration = Duration::from_secs(50);

/// What a model may be asked by all Lambdas together, and how long a call of it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests and tokens that may be spent on it.
    pub budget: Budget,
    /// Calls it answers at a time. `None`: as many as there are (DESIGN rule 34).
    pub parallel: Option<NonZeroU32>,
    /// How long one call may take.
    pub timeout: Duration,
    /// Whether a call that is slower than nine of ten is tried a second time (DESIGN rule 48).
    pub hedge: bool,
}

impl Default for Limits {
    /// Nothing is limited but the time of a call, 50 s, and nothing is tried a second time.
    fn default() -> Self {
        Self { budget: Budget::default(), parallel: None, timeout: USUAL_TIMEOUT, hedge: false }
    }
}
