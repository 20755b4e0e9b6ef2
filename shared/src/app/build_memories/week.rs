//! What is known about the days of the window.

use std::collections::BTreeMap;

use super::report::report;
use crate::{
    app::AppError,
    contract::{DayReport, DayState, Failure, Subject},
    domain::{Day, DaySummary, DayText, GuildId, Ledger, SummaryStatus, UserId},
};

/// The days of the window.
pub(super) struct Week {
    guild: GuildId,
    days: BTreeMap<Day, KnownDay>,
    /// Days that are being built, with their ledgers as they were seen.
    building: BTreeMap<Day, Ledger>,
    /// The days that failed, and why.
    pub(super) failures: Vec<Failure>,
    /// Some day was not ready in time.
    pub(super) is_late: bool,
    /// Some day's summary is served, and should be made anew before its time is over (DESIGN rule 37).
    pub(super) ages: bool,
}

/// What is known about a day.
pub(super) struct KnownDay {
    state: DayState,
    texts: BTreeMap<UserId, String>,
    /// A version of the ledger that the texts are not older than.
    version: u64,
    /// The texts are of a day that had closed, and stay as they are.
    is_final: bool,
}

impl Week {
    pub(super) fn of(guild: GuildId) -> Self {
        Self {
            guild,
            days: BTreeMap::new(),
            building: BTreeMap::new(),
            failures: Vec::new(),
            is_late: false,
            ages: false,
        }
    }

    /// A day that is about to be built.
    pub(super) fn begin(&mut self, day: Day, ledger: Ledger) {
        self.building.insert(day, ledger);
    }

    pub(super) fn is_building(&self, day: Day) -> bool {
        self.building.contains_key(&day)
    }

    /// Whether that person may have written on a day that is still being built (DESIGN rule 36).
    pub(super) fn is_building_for(&self, user: UserId) -> bool {
        self.building.values().any(|ledger| ledger.may_have(user))
    }

    pub(super) fn add(&mut self, day: Day, known: KnownDay) {
        self.building.remove(&day);
        self.days.insert(day, known);
    }

    /// A day that was not ready in time, and what is known of it instead.
    pub(super) fn add_late(&mut self, day: Day, known: KnownDay) {
        self.is_late = true;
        self.add(day, known);
    }

    /// A day that failed, and what is known of it instead.
    pub(super) fn add_failed(&mut self, day: Day, error: &AppError, known: KnownDay) {
        self.failures.push(report(self.guild, Subject::Date(day), error));
        self.add(day, known);
    }

    pub(super) fn states(&self) -> BTreeMap<Day, DayState> {
        self.days.iter().map(|(day, known)| (*day, known.state)).collect()
    }

    /// The days on which `user` did something, newest first.
    pub(super) fn texts_of(&self, user: UserId) -> Vec<DayText> {
        let text = |(day, known): (&Day, &KnownDay)| {
            let text = known.texts.get(&user)?.clone();
            Some(DayText { day: *day, text, version: known.version, is_final: known.is_final })
        };
        self.days.iter().rev().filter_map(text).collect()
    }

    /// All days of the window.
    pub(super) fn dates(&self) -> impl Iterator<Item = Day> {
        self.days.keys().chain(self.building.keys()).copied()
    }
}

impl KnownDay {
    /// A day without texts.
    pub(super) fn bare(state: DayState) -> Self {
        Self { state, texts: BTreeMap::new(), version: 0, is_final: true }
    }

    /// A day with what `daily_summary` made of it, which is not older than `version`.
    pub(super) fn reported(state: DayState, report: DayReport, version: u64) -> Self {
        Self { state, texts: report.summaries, version, is_final: report.expires_at.is_none() }
    }

    /// A day with the summary that is there.
    pub(super) fn summarized(state: DayState, summary: DaySummary) -> Self {
        match summary.status {
            SummaryStatus::Blocked => Self::bare(DayState::Blocked),
            SummaryStatus::Built => {
                let is_final = summary.is_final();
                Self { state, texts: summary.texts, version: summary.version, is_final }
            }
        }
    }
}
