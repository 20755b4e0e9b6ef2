//! What there is to tell of a day: the summary that is there, or one that is made now.

use std::{collections::BTreeMap, time::Duration};

use super::deps::Deps;
use crate::{
    app::{
        AppError, Deadline,
        day_builds::{BuiltDay, DayBuilds},
    },
    contract::{DayReport, DayStatus},
    domain::{Day, DayRecord, DaySummary, Freshness, GuildId, SummaryStatus, UserId},
    ports::{Clock, ReadDay, SummarizeDay, TextsOf, WatchDays},
};

/// How long a day that somebody else is building is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// What is kept of the time for everything else.
const READ_MARGIN: Duration = Duration::from_secs(10);

/// What there is to tell of a day.
pub(super) enum Told {
    Texts(BTreeMap<UserId, String>),
    Nothing,
    Blocked,
    Pending,
}

impl Told {
    fn of_summary(summary: DaySummary) -> Self {
        match summary.status {
            SummaryStatus::Built => Self::Texts(summary.texts),
            SummaryStatus::Blocked => Self::Blocked,
        }
    }

    fn of_report(report: DayReport) -> Self {
        match report.status {
            DayStatus::Built | DayStatus::Cached | DayStatus::Renewed => Self::Texts(report.summaries),
            DayStatus::Empty => Self::Nothing,
            DayStatus::Blocked => Self::Blocked,
            DayStatus::Pending => Self::Pending,
        }
    }
}

/// The summary that is there if it is fresh, else the one that `daily_summary` makes, for whomever it does.
pub(super) async fn tell<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    deadline: Deadline,
    guild: GuildId,
    day: Day,
    of: TextsOf<'_>,
    seen: &DayRecord,
) -> Result<Told, AppError>
where
    S: ReadDay + WatchDays,
    F: SummarizeDay,
    C: Clock,
{
    let now = deps.clock.now();
    match (seen.freshness(deps.calendar.is_closed(day, now), now), &seen.summary) {
        (Freshness::Empty, _) => return Ok(Told::Nothing),
        (Freshness::Fresh, Some(summary)) => return Ok(Told::of_summary(summary.clone())),
        _ => {}
    }
    let builds = DayBuilds {
        memory: &deps.memory,
        functions: &deps.functions,
        // Whether models are to be left alone is known to `daily_summary`.
        refusal: async || None,
        clock: &deps.clock,
        calendar: deps.calendar,
        guild,
        of,
        refresh: false,
        background: false,
        seen: &[(day, seen.clone())].into(),
        deadline: deadline.at_most(LONGEST_WAIT.min(deadline.left().saturating_sub(READ_MARGIN))),
    };
    match builds.all().await.remove(&day) {
        Some(Ok(BuiltDay::Answered(report))) => Ok(Told::of_report(report)),
        Some(Ok(BuiltDay::Committed(summary))) => Ok(Told::of_summary(summary)),
        Some(Ok(BuiltDay::Empty)) => Ok(Told::Nothing),
        None => Ok(Told::Pending),
        Some(Err(error)) => Err(error),
    }
}
