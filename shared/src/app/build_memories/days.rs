//! The days of the window: those that are fresh as they are, all others from `daily_summary`, at once.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::Timestamp;

use super::{DayState, Failure, Subject};
use crate::{
    app::AppError,
    domain::{Calendar, Day, DayRecord, DaySummary, DayText, Freshness, GuildId, SummaryStatus, UserId},
    ports::{DayReport, DayRequest, DayStatus, StoreError, SummarizeDay},
};

/// What is known about the window.
pub(super) struct Week {
    days: BTreeMap<Day, DayOutcome>,
    /// The days that failed, and why.
    pub(super) failures: Vec<Failure>,
    /// A day could not be read. What is merged without it is not kept (DESIGN rule 14).
    pub(super) unread: bool,
}

struct DayOutcome {
    state: DayState,
    texts: BTreeMap<UserId, String>,
    version: u64,
}

impl Week {
    pub(super) async fn gather<D: SummarizeDay>(
        summaries: &D,
        guild: GuildId,
        users: &[UserId],
        records: BTreeMap<Day, Result<DayRecord, StoreError>>,
        calendar: Calendar,
        now: Timestamp,
    ) -> Self {
        let mut week = Self { days: BTreeMap::new(), failures: Vec::new(), unread: false };
        let mut outdated = Vec::new();
        for (day, record) in records {
            match record {
                Err(error) => {
                    week.unread = true;
                    week.fail(guild, day, DayOutcome::bare(DayState::Failed), &error.into());
                }
                Ok(record) => match record.freshness(calendar.is_closed(day, now), now) {
                    Freshness::Empty => week.add(day, DayOutcome::bare(DayState::Empty)),
                    Freshness::Fresh => week.add(day, DayOutcome::stored(record.summary, DayState::Cached)),
                    Freshness::Outdated => outdated.push((day, record)),
                },
            }
        }
        let request = |date| DayRequest { guild_id: guild, date, user_ids: Some(users.to_vec()), rebuild: false };
        let answers = join_all(outdated.iter().map(|(day, _)| summaries.summarize_day(request(*day)))).await;
        for ((day, record), answer) in outdated.into_iter().zip(answers) {
            match answer {
                Ok(report) => week.add(day, DayOutcome::answered(&record, report)),
                Err(error) => week.fail(guild, day, DayOutcome::older(&record), &error.into()),
            }
        }
        week
    }

    pub(super) fn states(&self) -> BTreeMap<Day, DayState> {
        self.days.iter().map(|(day, outcome)| (*day, outcome.state)).collect()
    }

    /// The days on which `user` did something, newest first.
    pub(super) fn texts_of(&self, user: UserId) -> Vec<DayText> {
        let text = |(day, outcome): (&Day, &DayOutcome)| {
            let text = outcome.texts.get(&user)?.clone();
            Some(DayText { day: *day, text, version: outcome.version })
        };
        self.days.iter().rev().filter_map(text).collect()
    }

    fn add(&mut self, day: Day, outcome: DayOutcome) {
        self.days.insert(day, outcome);
    }

    fn fail(&mut self, guild: GuildId, day: Day, outcome: DayOutcome, error: &AppError) {
        self.failures.push(Failure::report(guild, Subject::Date(day), error));
        self.add(day, outcome);
    }
}

impl DayOutcome {
    fn bare(state: DayState) -> Self {
        Self { state, texts: BTreeMap::new(), version: 0 }
    }

    fn stored(summary: Option<DaySummary>, state: DayState) -> Self {
        match summary {
            Some(summary) if summary.status == SummaryStatus::Blocked => Self::bare(DayState::Blocked),
            Some(summary) => Self { state, texts: summary.texts, version: summary.version },
            None => Self::bare(DayState::Failed),
        }
    }

    /// What `daily_summary` made is at least as new as the ledger that was seen before it was asked.
    fn answered(seen: &DayRecord, report: DayReport) -> Self {
        let state = match report.status {
            DayStatus::Built => DayState::Built,
            DayStatus::Cached | DayStatus::Renewed => DayState::Cached,
            DayStatus::Empty => DayState::Empty,
            DayStatus::Blocked => DayState::Blocked,
            DayStatus::Pending => return Self::older_or(seen, DayState::Pending),
        };
        Self { state, texts: report.summaries, version: seen.ledger.map_or(0, |ledger| ledger.version) }
    }

    /// An older summary rather than none, if nothing was deleted since (DESIGN rule 13).
    fn older(seen: &DayRecord) -> Self {
        Self::older_or(seen, DayState::Failed)
    }

    fn older_or(seen: &DayRecord, otherwise: DayState) -> Self {
        match seen.unpurged_summary() {
            Some(older) => Self::stored(Some(older.clone()), DayState::Stale),
            None => Self::bare(otherwise),
        }
    }
}
