//! Day summaries, and whether one may be served.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{BuildState, Ledger, Usage, UserId};

/// What the model made of one guild-day: a text per active person, replaced whole.
#[derive(Clone, PartialEq, Eq)]
pub struct DaySummary {
    /// The texts, by person.
    pub texts: BTreeMap<UserId, String>,
    /// Whether the model answered.
    pub status: SummaryStatus,
    /// The ledger's version before the messages were read (DESIGN rule 5).
    pub version: u64,
    /// When it was committed.
    pub built_at: Timestamp,
    /// The end of its life, for the summary of an open day; `None` for a final one (DESIGN rule 2).
    pub expires_at: Option<Timestamp>,
    /// The models that wrote it, as configured (`gemini:name`), with commas between them.
    pub model: String,
    /// The hash of the prompt it was written with.
    pub prompt_hash: String,
    /// What it cost, with all that was tried.
    pub usage: Usage,
    /// Messages the model refused to read.
    pub blocked_messages: u64,
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryStatus {
    /// Summarized.
    Built,
    /// The model's filter refused all of them.
    Blocked,
}

/// What the store knows about one guild-day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayRecord {
    /// `None`: nothing was ever written that day.
    pub ledger: Option<Ledger>,
    /// The last summary committed, fresh or not.
    pub summary: Option<DaySummary>,
    /// Who is building the next one.
    pub build: BuildState,
}

/// Whether a day needs work before it can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// There is nothing to summarize (DESIGN rule 6).
    Empty,
    /// The summary that is there is the one to serve.
    Fresh,
    /// The summary that is there was made from all there is: only its life has to be prolonged, without a model call
    /// (DESIGN rule 5).
    Renewable,
    /// The summary is missing, expired, or from before a change that matters.
    Outdated,
}

impl DayRecord {
    /// DESIGN rules 3 to 6. `closed` says whether the day is closed at `now`.
    pub fn freshness(&self, closed: bool, now: Timestamp) -> Freshness {
        let Some(ledger) = self.ledger.filter(|ledger| ledger.message_count > 0) else {
            return Freshness::Empty;
        };
        match &self.summary {
            Some(summary) if summary.is_fresh(ledger, closed, now) => Freshness::Fresh,
            Some(summary) if summary.version == ledger.version && summary.expires_at.is_some() => Freshness::Renewable,
            _ => Freshness::Outdated,
        }
    }

    /// Whether the summary of an open day is still served and has less than a quarter of its life left, while there is more
    /// to tell by now: it is made anew before somebody has to wait for it (DESIGN rule 37).
    pub fn is_aging(&self, closed: bool, now: Timestamp) -> bool {
        let (Some(ledger), Some(summary)) = (self.ledger, &self.summary) else { return false };
        let is_served = self.freshness(closed, now) == Freshness::Fresh;
        is_served && summary.version < ledger.version && summary.is_in_its_last_quarter(now)
    }

    /// The summary, if it holds nothing that was deleted since; fresh or not (DESIGN rule 13).
    pub fn unpurged_summary(&self) -> Option<&DaySummary> {
        self.summary.as_ref().filter(|summary| summary.version >= self.purged_version())
    }

    /// The version of the ledger's last deletion; 0 where nothing was deleted.
    pub fn purged_version(&self) -> u64 {
        self.ledger.map_or(0, |ledger| ledger.purged_version)
    }
}

impl DaySummary {
    /// Whether it was made of a day that had closed (DESIGN rule 2).
    pub fn is_final(&self) -> bool {
        self.expires_at.is_none()
    }

    fn is_in_its_last_quarter(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end.duration_since(now) <= end.duration_since(self.built_at) / 4)
    }

    fn is_fresh(&self, ledger: Ledger, closed: bool, now: Timestamp) -> bool {
        if closed {
            self.expires_at.is_none() && self.version == ledger.version
        } else {
            self.expires_at.is_none_or(|end| now < end) && self.version >= ledger.purged_version
        }
    }
}

/// Without the texts: they never reach a log or an error (DESIGN rule 21).
impl std::fmt::Debug for DaySummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DaySummary")
            .field("people", &self.texts.len())
            .field("version", &self.version)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(version: u64, purged_version: u64, summary_version: u64, expires_at: Option<i64>) -> DayRecord {
        DayRecord {
            ledger: Some(Ledger { version, purged_version, message_count: 1, ..Ledger::default() }),
            summary: Some(DaySummary {
                texts: BTreeMap::new(),
                status: SummaryStatus::Built,
                version: summary_version,
                built_at: at(0),
                expires_at: expires_at.map(at),
                model: String::new(),
                prompt_hash: String::new(),
                usage: Usage::default(),
                blocked_messages: 0,
            }),
            build: BuildState::default(),
        }
    }

    #[test]
    fn rule_3_an_expired_summary_that_is_still_there_is_not_fresh() {
        let record = record(2, 0, 1, Some(3600));
        assert_eq!(record.freshness(false, at(3599)), Freshness::Fresh);
        assert_eq!(record.freshness(false, at(3600)), Freshness::Outdated);
    }

    #[test]
    fn rule_2_only_a_final_summary_is_fresh_for_a_closed_day() {
        assert_ne!(record(1, 0, 1, Some(3600)).freshness(true, at(10)), Freshness::Fresh);
        assert_eq!(record(1, 0, 1, None).freshness(true, at(i64::from(u32::MAX))), Freshness::Fresh);
    }

    #[test]
    fn rule_5_a_closed_day_is_fresh_at_the_ledgers_version_only() {
        assert_eq!(record(3, 0, 3, None).freshness(true, at(0)), Freshness::Fresh);
        assert_eq!(record(4, 0, 3, None).freshness(true, at(0)), Freshness::Outdated);
    }

    #[test]
    fn rule_5_an_open_day_may_lag_behind_messages_but_not_behind_a_deletion() {
        assert_eq!(record(9, 0, 3, Some(100)).freshness(false, at(0)), Freshness::Fresh);
        assert_eq!(record(9, 3, 3, Some(100)).freshness(false, at(0)), Freshness::Fresh);
        assert_eq!(record(9, 4, 3, Some(100)).freshness(false, at(0)), Freshness::Outdated);
    }

    #[test]
    fn rule_5_what_was_made_from_all_there_is_is_renewed() {
        assert_eq!(record(3, 0, 3, Some(3600)).freshness(false, at(3600)), Freshness::Renewable);
        assert_eq!(record(3, 0, 3, Some(3600)).freshness(true, at(10)), Freshness::Renewable);
        assert_eq!(record(4, 0, 3, Some(3600)).freshness(true, at(10)), Freshness::Outdated);
    }

    #[test]
    fn rule_37_a_summary_ages_in_the_last_quarter_of_its_life_if_there_is_more_to_tell() {
        let ages = |version, at_second| record(version, 0, 3, Some(3600)).is_aging(false, at(at_second));
        assert_eq!([2699, 2700, 3599, 3600].map(|second| ages(4, second)), [false, true, true, false]);
        assert!(!ages(3, 3000), "nothing is new: it is renewed without a model when its time is over");
        assert!(!record(4, 4, 3, Some(3600)).is_aging(false, at(3000)), "it is not served at all");
        assert!(!record(4, 0, 3, Some(3600)).is_aging(true, at(3000)), "its day has closed");
        assert!(!record(4, 0, 3, None).is_aging(false, at(3000)), "it has no end");
    }

    #[test]
    fn rule_4_a_summary_that_has_an_end_is_never_fresh_for_a_closed_day() {
        assert_ne!(record(3, 0, 3, Some(i64::from(u32::MAX))).freshness(true, at(10)), Freshness::Fresh);
    }

    #[test]
    fn rule_6_without_messages_there_is_nothing_to_do() {
        assert_eq!(DayRecord::default().freshness(true, at(0)), Freshness::Empty);
        let all_deleted = DayRecord {
            ledger: Some(Ledger { version: 2, purged_version: 2, message_count: 0, ..Ledger::default() }),
            ..DayRecord::default()
        };
        assert_eq!(all_deleted.freshness(false, at(0)), Freshness::Empty);
    }

    #[test]
    fn a_summary_from_before_a_deletion_is_never_served() {
        assert!(record(9, 4, 3, None).unpurged_summary().is_none());
        assert!(record(9, 3, 3, None).unpurged_summary().is_some());
    }
}
