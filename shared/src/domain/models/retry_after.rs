//! When to try again, in words: errors reach other processes as text alone.

use std::{fmt, str::FromStr, time::Duration};

/// How long to wait before the next try: `retry in 20 s` at the end of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryAfter(pub Duration);

/// The text does not say when to retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRetryAfter;

impl RetryAfter {
    /// What a message says at its end.
    pub fn at_the_end_of(message: &str) -> Option<Self> {
        let (_, last) = message.rsplit_once("; ")?;
        last.parse().ok()
    }

    /// Whole seconds, rounded up: who comes back then is not too early.
    pub fn seconds(self) -> u64 {
        self.0.as_millis().div_ceil(1_000) as u64
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "retry in {} s", self.seconds())
    }
}

impl FromStr for RetryAfter {
    type Err = NoRetryAfter;

    fn from_str(text: &str) -> Result<Self, NoRetryAfter> {
        let seconds = text.strip_prefix("retry in ").and_then(|rest| rest.strip_suffix(" s")).ok_or(NoRetryAfter)?;
        seconds.parse().map(|seconds| Self(Duration::from_secs(seconds))).map_err(|_| NoRetryAfter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_rounded_up() {
        for (ms, seconds) in [(20_000, 20), (19_001, 20), (1, 1), (0, 0)] {
            let written = RetryAfter(Duration::from_millis(ms)).to_string();
            assert_eq!(written, format!("retry in {seconds} s"));
            assert_eq!(written.parse(), Ok(RetryAfter(Duration::from_secs(seconds))));
        }
    }

    #[test]
    fn it_is_found_at_the_end_of_a_message_and_nowhere_else() {
        let said = RetryAfter::at_the_end_of;
        assert_eq!(said("the limit is reached; retry in 7 s"), Some(RetryAfter(Duration::from_secs(7))));
        for message in ["retry in 7 s", "x; retry in 7 s; or not", "x; retry in a while", "x; retry in -7 s", ""] {
            assert_eq!(said(message), None, "{message}");
        }
    }
}
