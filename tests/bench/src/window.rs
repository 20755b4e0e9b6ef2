//! Which days of the calendar the messages lie on.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// How long after midnight the day before may still change: longer than the functions' own setting.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);

/// Five days that are closed, in the functions' window, and stay so if midnight passes during a run.
///
/// ```text
/// at 14:00          6 days ago   5   4   3   2   yesterday   today
///                                └────────────────────┘
/// at 00:30          6 days ago   5   4   3   2   yesterday   today        yesterday has not settled yet
///                   └────────────────────────┘
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Window {
    newest: Date,
}

impl Window {
    /// How many days it has.
    pub const DAYS: usize = 5;

    /// The days for a run that begins at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let settled = now.saturating_sub(SETTLED).unwrap_or(now);
        Self { newest: settled.to_zoned(TimeZone::UTC).date().saturating_sub(1.day()) }
    }

    /// The `n`-th day, 0 being the newest.
    #[must_use]
    pub fn day(self, n: usize) -> Date {
        self.newest.saturating_sub(i64::try_from(n).unwrap_or(i64::MAX).days())
    }

    /// All of them, newest first.
    pub fn days(self) -> impl Iterator<Item = Date> {
        (0..Self::DAYS).map(move |n| self.day(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(now: &str) -> Vec<String> {
        Window::at(now.parse().unwrap()).days().map(|day| day.to_string()).collect()
    }

    #[test]
    fn it_begins_yesterday() {
        let days = ["2026-03-01", "2026-02-28", "2026-02-27", "2026-02-26", "2026-02-25"];
        assert_eq!(window("2026-03-02T14:00:00Z"), days);
        assert_eq!(window("2026-03-02T23:59:59Z"), days);
    }

    #[test]
    fn right_after_midnight_yesterday_is_left_out() {
        assert_eq!(window("2026-03-02T00:30:00Z")[0], "2026-02-28");
    }
}
