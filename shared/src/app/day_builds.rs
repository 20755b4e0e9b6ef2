//! Has guild-days summarized by `daily_summary`, all at once, and waits for those that somebody else is building.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::future::join_all;
use jiff::Timestamp;
use tracing::Instrument as _;

use super::{
    AppError, Deadline,
    single_flight::{Builds, Outcome, await_all, await_each},
};
use crate::{
    contract::{DayReport, DayRequest, DayStatus},
    domain::{Calendar, Day, DayRecord, DaySummary, Freshness, GuildId, prompt::extra_chunks},
    ports::{Clock, InvokeError, LedgerRecord, ModelError, ReadDay, StoreError, SummarizeDay, TextsOf, WatchDays},
};

/// How often an invocation that is throttled is tried again.
const MAX_RETRIES: u32 = 4;
/// The longest wait before it is; each may be twice as long as the one before, so that all are no longer than 2 s.
const LONGEST_FIRST_WAIT: Duration = Duration::from_millis(133);

/// The days that are not fresh, as they were seen first, and who builds them.
pub(super) struct DayBuilds<'a, S, F, R, C> {
    /// Where commits of others are looked for.
    pub(super) memory: &'a S,
    /// Who builds.
    pub(super) functions: &'a F,
    /// Why no model would be asked: a day that needs one fails before anybody is invoked (DESIGN rule 10).
    pub(super) refusal: R,
    pub(super) clock: &'a C,
    pub(super) calendar: Calendar,
    pub(super) guild: GuildId,
    /// Whose texts are wanted.
    pub(super) of: TextsOf<'a>,
    /// Days that age are built, too (DESIGN rule 37).
    pub(super) refresh: bool,
    /// Nobody waits for them.
    pub(super) background: bool,
    pub(super) seen: &'a BTreeMap<Day, DayRecord>,
    pub(super) deadline: Deadline,
}

/// What came of a day.
pub(super) enum BuiltDay {
    /// `daily_summary` answered; never that it is pending.
    Answered(DayReport),
    /// Somebody else committed this summary.
    Committed(DaySummary),
    /// All that was said is deleted meanwhile.
    Empty,
}

impl<S, F, R, C> DayBuilds<'_, S, F, R, C>
where
    S: ReadDay + WatchDays,
    F: SummarizeDay,
    R: AsyncFn() -> Option<ModelError>,
    C: Clock,
{
    /// All days that were built or failed before the deadline.
    pub(super) async fn all(&self) -> BTreeMap<Day, Result<BuiltDay, AppError>> {
        await_all(self, self.seen.keys().copied(), self.deadline).await
    }

    /// The same, and tells of each as soon as it is built or has failed.
    pub(super) async fn each(&self, done: impl FnMut(Day, Result<BuiltDay, AppError>)) {
        await_each(self, self.seen.keys().copied(), self.deadline, done).await;
    }

    async fn build(&self, day: Day, seen: &DayRecord) -> Outcome<BuiltDay> {
        // One that is fresh is here because it ages.
        let needs_a_model =
            matches!(self.freshness(day, seen, self.clock.now()), Freshness::Outdated | Freshness::Fresh);
        if needs_a_model && let Some(refusal) = (self.refusal)().await {
            return Outcome::Done(Err(refusal.into()));
        }
        let span = tracing::info_span!(target: "span", "build_day", guild = %self.guild, date = %day);
        match self.invoke(day).instrument(span).await {
            Ok(report) if report.status == DayStatus::Pending => Outcome::Held,
            Ok(report) => Outcome::Done(Ok(BuiltDay::Answered(report))),
            Err(InvokeError::Throttled) => Outcome::Late,
            Err(error) => Outcome::Done(Err(error.into())),
        }
    }

    /// Invokes `daily_summary`, and again for a while where the invocation is throttled. Who waits for longer holds an
    /// execution that the day needs: where all wait, nobody builds (DESIGN rule 11).
    async fn invoke(&self, day: Day) -> Result<DayReport, InvokeError> {
        let user_ids = match self.of {
            TextsOf::Everybody => None,
            TextsOf::People(users) => Some(users.to_vec()),
        };
        let Self { guild, refresh, background, .. } = *self;
        let extra_chunks = Some(self.extra_chunks(day));
        let request =
            DayRequest { guild_id: guild, date: day, user_ids, rebuild: false, background, refresh, extra_chunks };
        for attempt in 0..MAX_RETRIES {
            match self.functions.summarize_day(request.clone()).await {
                Err(InvokeError::Throttled) => {
                    let longest = LONGEST_FIRST_WAIT.saturating_mul(1 << attempt);
                    tokio::time::sleep(longest.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                }
                answer => return answer,
            }
        }
        self.functions.summarize_day(request).await
    }

    /// What the days may cost so that they are there sooner is shared out among those that are built (DESIGN rule 33).
    fn extra_chunks(&self, day: Day) -> usize {
        let ledgers = self.seen.iter().filter_map(|(day, seen)| Some((*day, seen.ledger.as_ref()?)));
        extra_chunks(ledgers).get(&day).copied().unwrap_or_default()
    }

    /// While somebody builds a day its ledger says so, and nothing else of it is read.
    async fn look_at(&self, day: Day, ledger: Result<LedgerRecord, StoreError>) -> Outcome<BuiltDay> {
        match ledger {
            Ok(ledger) if !ledger.build.is_under_way(self.clock.now()) => {
                match self.memory.read_day(self.guild, day, self.of).await {
                    Ok(record) => self.outcome(day, record, self.clock.now()),
                    Err(error) => Outcome::of_unread(error),
                }
            }
            Ok(_) => Outcome::Held,
            Err(error) => Outcome::of_unread(error),
        }
    }

    /// What a look at a day that somebody else was building tells: any commit at or above the version that was seen first
    /// will do (DESIGN rule 8).
    fn outcome(&self, day: Day, record: DayRecord, now: Timestamp) -> Outcome<BuiltDay> {
        let Some(seen) = self.seen.get(&day) else { return Outcome::Free };
        let freshness = self.freshness(day, &record, now);
        if freshness == Freshness::Empty {
            return Outcome::Done(Ok(BuiltDay::Empty));
        }
        let is_there = freshness == Freshness::Fresh || is_commit_since(seen, &record);
        match record.summary {
            Some(summary) if is_there => Outcome::Done(Ok(BuiltDay::Committed(summary))),
            _ => Outcome::of_missing(&record.build, &seen.build, None, now),
        }
    }

    fn freshness(&self, day: Day, record: &DayRecord, now: Timestamp) -> Freshness {
        record.freshness(self.calendar.is_closed(day, now), now)
    }
}

impl<S, F, R, C> Builds for DayBuilds<'_, S, F, R, C>
where
    S: ReadDay + WatchDays,
    F: SummarizeDay,
    R: AsyncFn() -> Option<ModelError>,
    C: Clock,
{
    type Key = Day;
    type Built = BuiltDay;

    async fn try_build(&self, day: Day) -> Outcome<BuiltDay> {
        let Some(seen) = self.seen.get(&day) else { return Outcome::Free };
        tokio::select! {
            outcome = self.build(day, seen) => outcome,
            () = self.deadline.reached() => Outcome::Free,
        }
    }

    async fn look(&self, days: &BTreeSet<Day>) -> Vec<(Day, Outcome<BuiltDay>)> {
        let days: Vec<Day> = days.iter().copied().collect();
        let ledgers = self.memory.day_ledgers(self.guild, &days).await;
        join_all(ledgers.into_iter().map(async |(day, ledger)| (day, self.look_at(day, ledger).await))).await
    }
}

/// Whether a summary was committed that has everything that was there when `seen` was read, and nothing that was deleted.
fn is_commit_since(seen: &DayRecord, record: &DayRecord) -> bool {
    let wanted = seen.ledger.map_or(0, |ledger| ledger.version);
    let is_other = |summary: &&DaySummary| seen.summary.as_ref().is_none_or(|known| known.built_at != summary.built_at);
    record.unpurged_summary().filter(is_other).is_some_and(|summary| summary.version >= wanted)
}
