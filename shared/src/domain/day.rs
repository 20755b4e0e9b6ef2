//! Guild-days: UTC calendar days, the window, and when a day is closed.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One UTC calendar day, written `2026-11-22`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The text is no calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date (YYYY-MM-DD, from 2015-01-01 to 9000-12-31)")]
pub struct InvalidDay;

impl Day {
    /// The UTC day that `at` lies in.
    pub fn of(at: Timestamp) -> Self {
        Self(at.to_zoned(TimeZone::UTC).date())
    }

    /// Its first instant.
    pub fn start(self) -> Timestamp {
        self.0.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The first instant of the day after it.
    pub fn end(self) -> Timestamp {
        Self(self.0.saturating_add(1.day())).start()
    }

    /// Whether it was closed at `at`: what was read then is all there will be, late messages aside (DESIGN rule 4).
    pub fn is_closed(self, at: Timestamp, settle: Duration) -> bool {
        at.duration_since(self.end()) >= SignedDuration::try_from(settle).unwrap_or(SignedDuration::MAX)
    }

    /// Its weekday, in English: `Thursday`.
    pub fn weekday(self) -> String {
        self.0.strftime("%A").to_string()
    }

    /// The day `days` days before it.
    pub fn days_before(self, days: u16) -> Self {
        Self(self.0.saturating_sub(i64::from(days).days()))
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let date = Date::strptime("%Y-%m-%d", text).map_err(|_| InvalidDay)?;
        let canonical = Self(date).to_string() == text;
        if canonical && (2015..=9000).contains(&date.year()) { Ok(Self(date)) } else { Err(InvalidDay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date as a string (YYYY-MM-DD)")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The settings that decide which days matter and for how long they change.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    /// Days before today that belong to the window (6: a week with today).
    pub history_days: u16,
    /// How long after its end a day stays open, because its last messages are still arriving (20 minutes).
    pub settle: Duration,
}

impl Calendar {
    /// Today and the days before it, newest first (DESIGN rule 1).
    pub fn window(&self, now: Timestamp) -> Vec<Day> {
        let today = Day::of(now);
        (0..=self.history_days).map(|days| today.days_before(days)).collect()
    }

    /// The fewest days that messages are kept, whatever was decided: so that no day of the window loses messages while it is
    /// still summarized.
    pub fn least_retention_days(&self) -> u16 {
        self.history_days.saturating_add(2)
    }

    /// Whether `day` was closed at `at`.
    pub fn is_closed(&self, day: Day, at: Timestamp) -> bool {
        day.is_closed(at, self.settle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: Calendar = Calendar { history_days: 6, settle: Duration::from_secs(1200) };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn rule_1_the_window_is_today_and_the_six_days_before() {
        let days: Vec<String> = WEEK.window(at("2026-03-02T00:00:00Z")).iter().map(Day::to_string).collect();
        let expected =
            ["2026-03-02", "2026-03-01", "2026-02-28", "2026-02-27", "2026-02-26", "2026-02-25", "2026-02-24"];
        assert_eq!(days, expected);
    }

    #[test]
    fn a_day_closes_when_it_has_settled() {
        let day: Day = "2026-03-01".parse().unwrap();
        assert!(!WEEK.is_closed(day, at("2026-03-01T12:00:00Z")));
        assert!(!WEEK.is_closed(day, at("2026-03-02T00:19:59.999Z")));
        assert!(WEEK.is_closed(day, at("2026-03-02T00:20:00Z")));
    }

    #[test]
    fn only_calendar_days_are_read() {
        for text in ["2026-02-29", "2026-2-3", "20260203", "", "2026-02-03T00:00:00Z", "1999-01-01", "-002026-01-01"] {
            assert_eq!(text.parse::<Day>(), Err(InvalidDay), "{text}");
        }
        assert_eq!("2024-02-29".parse::<Day>().unwrap().to_string(), "2024-02-29");
    }
}
