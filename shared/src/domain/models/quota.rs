//! When a model's quota of the day begins anew.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// Los Angeles as a rule, so that no time zone database is needed: UTC-8, UTC-7 from the second Sunday of March to the
/// first of November.
const LOS_ANGELES: &str = "PST8PDT,M3.2.0,M11.1.0";

/// The day of a quota: the date in Los Angeles.
pub fn day(now: Timestamp) -> Date {
    now.to_zoned(zone()).date()
}

/// The next midnight in Los Angeles (DESIGN rule 10).
pub fn next_reset(now: Timestamp) -> Timestamp {
    let tomorrow = day(now).saturating_add(1.day());
    tomorrow.to_zoned(zone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn zone() -> TimeZone {
    TimeZone::posix(LOS_ANGELES).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_10_the_day_of_a_quota_ends_at_midnight_in_los_angeles() {
        let reset = |now: &str| next_reset(now.parse().unwrap()).to_string();
        assert_eq!(reset("2026-11-22T12:00:00Z"), "2026-11-23T08:00:00Z");
        assert_eq!(reset("2026-11-22T07:59:59Z"), "2026-11-22T08:00:00Z");
        assert_eq!(reset("2026-07-22T12:00:00Z"), "2026-07-23T07:00:00Z", "summer time");
        assert_eq!(reset("2026-11-01T08:00:00Z"), "2026-11-02T08:00:00Z", "summer time ends in between");
    }
}
