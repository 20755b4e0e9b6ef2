//! The days of the window: those that are fresh as they are, all others from `daily_summary`, at once; those that somebody
//! else is building are watched.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{DayState, Deps, Failure, Subject};
use crate::{
    app::{
        AppError, Deadline, ErrorType,
        retry::backoff,
        single_flight::{Progress, Pursuit, pursue},
    },
    domain::{Day, DayRecord, DaySummary, DayText, Freshness, GuildId, SummaryStatus, UserId},
    ports::{Clock, CoolModels, DayReport, DayRequest, DayStatus, InvokeError, ReadWindow, StoreError, SummarizeDay},
};

/// What is known about the window.
pub(super) struct Week {
    days: BTreeMap<Day, DayOutcome>,
    /// The days that failed, and why.
    pub(super) failures: Vec<Failure>,
    /// A day could not be read. What is merged without it is not kept (DESIGN rule 14).
    pub(super) unread: bool,
    /// A day was not ready in time.
    pub(super) unfinished: bool,
}

struct DayOutcome {
    state: DayState,
    texts: BTreeMap<UserId, String>,
    version: u64,
}

impl Week {
    pub(super) async fn gather<S, F, M, C>(
        deps: &Deps<S, F, M, C>,
        guild: GuildId,
        users: &[UserId],
        records: BTreeMap<Day, Result<DayRecord, StoreError>>,
        deadline: Deadline,
    ) -> Self
    where
        S: ReadWindow + CoolModels,
        F: SummarizeDay,
        C: Clock,
    {
        let now = deps.clock.now();
        let mut week = Self { days: BTreeMap::new(), failures: Vec::new(), unread: false, unfinished: false };
        let mut stale = BTreeMap::new();
        for (day, record) in records {
            match record {
                Err(error) => week.fail(guild, day, DayOutcome::bare(DayState::Failed), &error.into()),
                Ok(record) => match record.freshness(deps.calendar.is_closed(day, now), now) {
                    Freshness::Empty => week.add(day, DayOutcome::bare(DayState::Empty)),
                    Freshness::Fresh => week.add(day, DayOutcome::stored(record.summary, DayState::Cached)),
                    Freshness::Renewable | Freshness::Outdated => {
                        stale.insert(day, record);
                    }
                },
            }
        }
        week.add_built(deps, guild, users, stale, deadline).await;
        week
    }

    /// The days that need work.
    async fn add_built<S, F, M, C>(
        &mut self,
        deps: &Deps<S, F, M, C>,
        guild: GuildId,
        users: &[UserId],
        seen: BTreeMap<Day, DayRecord>,
        deadline: Deadline,
    ) where
        S: ReadWindow + CoolModels,
        F: SummarizeDay,
        C: Clock,
    {
        let days: Vec<Day> = seen.keys().copied().collect();
        let builds = Builds { deps, guild, users, seen, deadline };
        let mut built: BTreeMap<Day, _> = pursue(&builds, days, deadline).await.into_iter().collect();
        for (day, seen) in builds.seen {
            match built.remove(&day) {
                Some(Ok(outcome)) => self.add(day, outcome),
                Some(Err(error)) => self.fail(guild, day, DayOutcome::older_or(&seen, DayState::Failed), &error),
                None => {
                    self.unfinished = true;
                    self.add(day, DayOutcome::older_or(&seen, DayState::Pending));
                }
            }
        }
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

    /// All days of the window.
    pub(super) fn dates(&self) -> Vec<Day> {
        self.days.keys().copied().collect()
    }

    fn add(&mut self, day: Day, outcome: DayOutcome) {
        self.days.insert(day, outcome);
    }

    fn fail(&mut self, guild: GuildId, day: Day, outcome: DayOutcome, error: &AppError) {
        self.unread |= matches!(error.kind, ErrorType::StoreUnavailable | ErrorType::Throttled | ErrorType::Internal);
        self.failures.push(Failure::report(guild, Subject::Date(day), error));
        self.add(day, outcome);
    }
}

/// The version of the last deletion from each day that could be read.
pub(super) fn purged_versions(records: &BTreeMap<Day, Result<DayRecord, StoreError>>) -> BTreeMap<Day, u64> {
    let purged = |record: &DayRecord| record.ledger.map_or(0, |ledger| ledger.purged_version);
    records.iter().filter_map(|(day, record)| Some((*day, purged(record.as_ref().ok()?)))).collect()
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
    fn answered(seen: &DayRecord, state: DayState, report: DayReport) -> Self {
        Self { state, texts: report.summaries, version: seen.ledger.map_or(0, |ledger| ledger.version) }
    }

    /// An older summary rather than none, if nothing was deleted since (DESIGN rule 13).
    fn older_or(seen: &DayRecord, otherwise: DayState) -> Self {
        match seen.unpurged_summary() {
            Some(older) => Self::stored(Some(older.clone()), DayState::Stale),
            None => Self::bare(otherwise),
        }
    }
}

/// The days that are not fresh, as they were seen first.
struct Builds<'a, S, F, M, C> {
    deps: &'a Deps<S, F, M, C>,
    guild: GuildId,
    users: &'a [UserId],
    seen: BTreeMap<Day, DayRecord>,
    deadline: Deadline,
}

impl<S: ReadWindow + CoolModels, F: SummarizeDay, M, C: Clock> Pursuit for Builds<'_, S, F, M, C> {
    type Key = Day;
    type Made = Result<DayOutcome, AppError>;

    async fn attempt(&self, day: Day) -> Progress<Self::Made> {
        let Some(seen) = self.seen.get(&day) else { return Progress::Free };
        let now = self.deps.clock.now();
        let needs_a_model = seen.freshness(self.deps.calendar.is_closed(day, now), now) == Freshness::Outdated;
        let attempt = async {
            match self.deps.summary_cooldowns.refusal().await.filter(|_| needs_a_model) {
                Some(refusal) => Progress::Done(Err(refusal.into())),
                None => self.progress(seen, self.invoke(day).await),
            }
        };
        tokio::select! {
            progress = attempt => progress,
            () = self.deadline.reached() => Progress::Free,
        }
    }

    async fn look(&self, days: &BTreeSet<Day>) -> Vec<(Day, Progress<Self::Made>)> {
        let days: Vec<Day> = days.iter().copied().collect();
        let window = self.deps.store.read_window(self.guild, &days, &[]).await;
        let now = self.deps.clock.now();
        let progress = |(day, record)| match record {
            Ok(record) => (day, self.judge(day, record, now)),
            Err(_) => (day, Progress::Held), // it is read again in a moment
        };
        window.days.into_iter().map(progress).collect()
    }
}

impl<S, F: SummarizeDay, M, C> Builds<'_, S, F, M, C> {
    /// Invokes `daily_summary`, again and again while invocations are throttled: the deadline ends it.
    async fn invoke(&self, day: Day) -> Result<DayReport, InvokeError> {
        let request =
            DayRequest { guild_id: self.guild, date: day, user_ids: Some(self.users.to_vec()), rebuild: false };
        let mut attempt = 0;
        loop {
            match self.deps.functions.summarize_day(request.clone()).await {
                Err(InvokeError::Throttled) => tokio::time::sleep(backoff(attempt)).await,
                answer => return answer,
            }
            attempt += 1;
        }
    }

    fn progress(
        &self,
        seen: &DayRecord,
        answer: Result<DayReport, InvokeError>,
    ) -> Progress<Result<DayOutcome, AppError>> {
        let report = match answer {
            Ok(report) => report,
            Err(error) => return Progress::Done(Err(error.into())),
        };
        let state = match report.status {
            DayStatus::Built => DayState::Built,
            DayStatus::Cached | DayStatus::Renewed => DayState::Cached,
            DayStatus::Empty => DayState::Empty,
            DayStatus::Blocked => DayState::Blocked,
            DayStatus::Pending => return Progress::Held,
        };
        Progress::Done(Ok(DayOutcome::answered(seen, state, report)))
    }

    /// What a look at a day that somebody else was building tells: any commit at or above the version that was seen first
    /// will do, and who waits for an attempt fails with it (DESIGN rule 8).
    fn judge(&self, day: Day, record: DayRecord, now: Timestamp) -> Progress<Result<DayOutcome, AppError>> {
        let Some(seen) = self.seen.get(&day) else { return Progress::Free };
        let freshness = record.freshness(self.deps.calendar.is_closed(day, now), now);
        if freshness == Freshness::Empty {
            return Progress::Done(Ok(DayOutcome::bare(DayState::Empty)));
        }
        if freshness == Freshness::Fresh || is_commit_since(seen, &record) {
            return Progress::Done(Ok(DayOutcome::stored(record.summary, DayState::Cached)));
        }
        if record.making.is_under_way(now) {
            return Progress::Held;
        }
        match record.making.failure_since(&seen.making) {
            Some(failure) => Progress::Done(Err(AppError::of_another(&failure.error_type, failure.message.clone()))),
            None => Progress::Free,
        }
    }
}

/// Whether a summary was committed that has everything that was there when `seen` was read, and nothing that was deleted.
fn is_commit_since(seen: &DayRecord, record: &DayRecord) -> bool {
    let wanted = seen.ledger.map_or(0, |ledger| ledger.version);
    let is_other = |summary: &&DaySummary| seen.summary.as_ref().is_none_or(|known| known.built_at != summary.built_at);
    record.unpurged_summary().filter(is_other).is_some_and(|summary| summary.version >= wanted)
}
