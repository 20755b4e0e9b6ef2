//! How long to wait before the next try.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(400);

/// A random wait that grows with each attempt (full jitter), so that writers who met once do not meet again.
pub(super) fn backoff(attempt: u32) -> Duration {
    let ceiling = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    ceiling.mul_f64(fastrand::f64())
}
