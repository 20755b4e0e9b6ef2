//! What there is to tell of a day: the summary that is there, or one that is made now.

use std::{collections::BTreeMap, time::Duration};

use super::deps::Deps;
use crate::{
    app::AppError,
    contract::{DayReport, DayRequest, DayStatus},
    domain::{Day, DayRecord, DaySummary, Freshness, GuildId, SummaryStatus, UserId},
    ports::{Clock, SummarizeDay},
};

/// How often a day that somebody else is building is asked for, and how long is waited in between.
const MAX_LOOKS: u32 = 30;
const LOOK_EVERY: Duration = Duration::from_secs(2);

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

/// The summary that is there if it is fresh, else the one that `daily_summary` makes; an older one if it cannot.
pub(super) async fn tell<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    guild: GuildId,
    day: Day,
    record: &DayRecord,
) -> Result<Told, AppError>
where
    F: SummarizeDay,
    C: Clock,
{
    let now = deps.clock.now();
    match (record.freshness(deps.calendar.is_closed(day, now), now), &record.summary) {
        (Freshness::Empty, _) => return Ok(Told::Nothing),
        (Freshness::Fresh, Some(summary)) => return Ok(Told::of_summary(summary.clone())),
        _ => {}
    }
    let request = DayRequest::new(guild, day);
    let mut told = Told::Pending;
    for look in 0..MAX_LOOKS {
        if look > 0 {
            tokio::time::sleep(LOOK_EVERY).await; // somebody else is building it
        }
        told = match deps.functions.summarize_day(request.clone()).await {
            Ok(report) => Told::of_report(report),
            Err(error) => match record.unpurged_summary() {
                Some(older) => Told::of_summary(older.clone()),
                None => return Err(error.into()),
            },
        };
        if !matches!(told, Told::Pending) {
            break;
        }
    }
    Ok(told)
}
