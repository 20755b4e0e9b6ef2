//! The end of final summaries, where the operator wants one (DESIGN rule 46).

use jiff::{SignedDuration, Timestamp};

use crate::domain::Day;

/// How many days after its day has ended a summary is kept and told; without an end if nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SummaryRetention(Option<u16>);

impl SummaryRetention {
    /// That many days.
    pub fn of_days(days: u16) -> Self {
        Self(Some(days))
    }

    /// The days, if there is an end.
    pub fn days(self) -> Option<u16> {
        self.0
    }

    /// When the summary of `day` is gone, whenever it was made; `None` if never.
    pub fn end_of(self, day: Day) -> Option<Timestamp> {
        let life = SignedDuration::from_hours(24 * i64::from(self.0?));
        Some(day.end().checked_add(life).unwrap_or(Timestamp::MAX))
    }

    /// Whether nothing is told of `day` any more: its summary counts as gone, also one that is stored still, and none is made.
    pub fn is_over(self, day: Day, now: Timestamp) -> bool {
        self.end_of(day).is_some_and(|end| end <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_46_a_summary_ends_by_the_date_of_its_day() {
        let day: Day = "2026-11-20".parse().unwrap();
        let is_over = |retention: SummaryRetention, now: &str| retention.is_over(day, now.parse().unwrap());
        let week = SummaryRetention::of_days(7);
        assert!(!is_over(week, "2026-11-27T23:59:59Z"));
        assert!(is_over(week, "2026-11-28T00:00:00Z"));
        assert!(!is_over(SummaryRetention::default(), "9000-01-01T00:00:00Z"), "history has no end");
    }
}
