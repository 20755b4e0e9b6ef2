//! What is to be done about a day, by what is known: pure.

use jiff::Timestamp;

use crate::{
    contract::DayRequest,
    domain::{DayRecord, DaySummary, Freshness},
};

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

/// What `request` makes to be done about the day of `record` that is or is not `closed` at `now`. A `rebuild` takes no
/// summary that is there (DESIGN rules 3 to 6), a `refresh` none that ages (rule 37).
pub(super) fn plan<'r>(record: &'r DayRecord, request: &DayRequest, closed: bool, now: Timestamp) -> Plan<'r> {
    let DayRequest { rebuild, refresh, .. } = *request;
    let is_too_old = rebuild || refresh && record.is_aging(closed, now);
    match (record.freshness(closed, now), &record.summary) {
        (Freshness::Empty, _) => Plan::Empty,
        (Freshness::Fresh, Some(summary)) if !is_too_old => Plan::Serve(summary),
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

    fn request() -> DayRequest {
        DayRequest::new("1".parse().unwrap(), "2026-11-22".parse().unwrap())
    }

    #[test]
    fn rules_3_to_6_a_model_is_needed_only_where_something_is_new() {
        assert!(matches!(plan(&day(4), &request(), false, at(99)), Plan::Serve(_)), "an open day may lag behind");
        assert!(matches!(plan(&day(3), &request(), false, at(100)), Plan::Renew(_)), "it ended, and nothing is new");
        assert!(matches!(plan(&day(3), &request(), true, at(99)), Plan::Renew(_)), "it closed, and nothing is new");
        assert_eq!(plan(&day(4), &request(), false, at(100)), Plan::Build);
        assert_eq!(plan(&day(4), &request(), true, at(99)), Plan::Build);
        assert_eq!(plan(&DayRecord { summary: None, ..day(4) }, &request(), false, at(0)), Plan::Build);
    }

    #[test]
    fn a_rebuild_takes_nothing_that_is_there_and_builds_nothing_out_of_nothing() {
        let rebuild = DayRequest { rebuild: true, ..request() };
        assert_eq!(plan(&day(3), &rebuild, false, at(0)), Plan::Build);
        assert_eq!(plan(&DayRecord::default(), &rebuild, false, at(0)), Plan::Empty);
    }

    #[test]
    fn rule_37_a_refresh_makes_anew_what_ages_and_nothing_else() {
        let refresh = DayRequest { refresh: true, ..request() };
        assert!(matches!(plan(&day(4), &request(), false, at(80)), Plan::Serve(_)), "who only asks is served");
        assert_eq!(plan(&day(4), &refresh, false, at(80)), Plan::Build);
        assert!(matches!(plan(&day(4), &refresh, false, at(70)), Plan::Serve(_)), "it has more than a quarter left");
        assert!(matches!(plan(&day(3), &refresh, false, at(80)), Plan::Serve(_)), "there is nothing new");
    }
}
