//! What is to be done about a day, by what is known: pure.

use crate::domain::{DayRecord, DaySummary, Freshness};
use jiff::Timestamp;

/// What is to be done about a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan<'r> {
    /// Nothing: there is nothing to summarize.
    Empty,
    /// Nothing: this summary is the one to serve.
    Serve(&'r DaySummary),
    /// The life of this summary is prolonged: it was made from all there is.
    Renew(&'r DaySummary),
    /// A summary is built, by a model.
    Build,
}

/// What is to be done about the day of `record` that is or is not `closed` at `now`. A `rebuild` takes no summary that is
/// there (DESIGN rules 3 to 6).
pub(super) fn plan(record: &DayRecord, rebuild: bool, closed: bool, now: Timestamp) -> Plan<'_> {
    match (record.freshness(closed, now), &record.summary) {
        (Freshness::Empty, _) => Plan::Empty,
        (Freshness::Fresh, Some(summary)) if !rebuild => Plan::Serve(summary),
        (Freshness::Renewable, Some(summary)) if !rebuild => Plan::Renew(summary),
        _ => Plan::Build,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Ledger, SummaryStatus, Usage};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A day at that version, with a summary of version 3 that ends after 100 seconds.
    fn day(version: u64) -> DayRecord {
        let summary = DaySummary {
            texts: BTreeMap::new(),
            status: SummaryStatus::Built,
            version: 3,
            built_at: at(0),
            expires_at: Some(at(100)),
            model: String::new(),
            prompt_hash: String::new(),
            usage: Usage::default(),
            blocked_messages: 0,
        };
        let ledger = Ledger { version, purged_version: 0, message_count: 1, ..Ledger::default() };
        DayRecord { ledger: Some(ledger), summary: Some(summary), ..DayRecord::default() }
    }

    #[test]
    fn rules_3_to_6_a_model_is_needed_only_where_something_is_new() {
        assert!(matches!(plan(&day(4), false, false, at(99)), Plan::Serve(_)), "an open day may lag behind");
        assert!(matches!(plan(&day(3), false, false, at(100)), Plan::Renew(_)), "it ended, and nothing is new");
        assert!(matches!(plan(&day(3), false, true, at(99)), Plan::Renew(_)), "it closed, and nothing is new");
        assert_eq!(plan(&day(4), false, false, at(100)), Plan::Build);
        assert_eq!(plan(&day(4), false, true, at(99)), Plan::Build);
        assert_eq!(plan(&DayRecord { summary: None, ..day(4) }, false, false, at(0)), Plan::Build);
    }

    #[test]
    fn a_rebuild_takes_nothing_that_is_there_and_builds_nothing_out_of_nothing() {
        assert_eq!(plan(&day(3), true, false, at(0)), Plan::Build);
        assert_eq!(plan(&DayRecord::default(), true, false, at(0)), Plan::Empty);
    }
}
