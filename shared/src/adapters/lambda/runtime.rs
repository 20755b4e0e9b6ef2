//! What a function is told by Lambda, and what it tells when it fails.

use std::time::Duration;

use lambda_runtime::{Context, Diagnostic};

use crate::contract::AppError;

/// How long a function of that timeout may go on (DESIGN rule 11).
pub fn remaining(context: &Context, timeout: Duration) -> Duration {
    let now_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    until(context.deadline, now_ms, timeout)
}

/// What the context says, or the whole timeout where that makes no sense.
fn until(deadline_ms: u64, now_ms: u64, timeout: Duration) -> Duration {
    let said = Duration::from_millis(deadline_ms.saturating_sub(now_ms));
    if said.is_zero() || said > timeout { timeout } else { said }
}

/// How an error leaves a Lambda: `{"errorType","errorMessage"}` (DESIGN section 3).
impl From<AppError> for Diagnostic {
    fn from(error: AppError) -> Self {
        Self { error_type: error.kind.to_string(), error_message: error.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_11_a_remaining_time_that_makes_no_sense_counts_as_the_timeout() {
        let timeout = Duration::from_secs(180);
        let now = 1_800_000_000_000;
        assert_eq!(until(now + 20_000, now, timeout), Duration::from_secs(20));
        assert_eq!(until(180_000, now, timeout), timeout, "the emulator counts from 1970");
        assert_eq!(until(now + 400_000, now, timeout), timeout);
    }
}
