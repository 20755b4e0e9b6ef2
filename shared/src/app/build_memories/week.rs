//! What is known about the days of the window.

use std::collections::BTreeMap;

use super::report::report;
use crate::{
    app::AppError,
    contract::{DayState, Failure, Subject},
    domain::{Day, DaySummary, DayText, GuildId, SummaryStatus, UserId},
};

/// The days of the window.
pub(super) struct Week {
    guild: GuildId,
    days: BTreeMap<Day, KnownDay>,
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
}

impl Week {
    pub(super) fn of(guild: GuildId) -> Self {
        Self { guild, days: BTreeMap::new(), failures: Vec::new(), is_late: false, ages: false }
    }

    pub(super) fn add(&mut self, day: Day, known: KnownDay) {
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
            Some(DayText { day: *day, text, version: known.version })
        };
        self.days.iter().rev().filter_map(text).collect()
    }

    /// All days of the window.
    pub(super) fn dates(&self) -> impl Iterator<Item = Day> {
        self.days.keys().copied()
    }
}

impl KnownDay {
    /// A day without texts.
    pub(super) fn bare(state: DayState) -> Self {
        Self { state, texts: BTreeMap::new(), version: 0 }
    }

    /// A day with those texts, which are not older than `version`.
    pub(super) fn with_texts(state: DayState, texts: BTreeMap<UserId, String>, version: u64) -> Self {
        Self { state, texts, version }
    }

    /// A day with the summary that is there.
    pub(super) fn summarized(state: DayState, summary: DaySummary) -> Self {
        match summary.status {
            SummaryStatus::Blocked => Self::bare(DayState::Blocked),
            SummaryStatus::Built => Self::with_texts(state, summary.texts, summary.version),
        }
    }
}
