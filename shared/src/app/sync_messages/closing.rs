//! Closed days of guilds that were read to their end are summarized before anybody asks, so that the first reader in the
//! morning does not wait.
//!
//! ```text
//! 00:00  the day ends        00:20  it is closed
//! ───────┼──────────────────────────┼──────┬────────────▶
//!                                          └ a run begins, reads everything, asks for the final summary
//! ```

use futures::future::join_all;
use jiff::Timestamp;

use super::deps::{Deps, SyncMemory};
use crate::{
    contract::GuildReport,
    domain::{Day, DayRecord, Freshness, GuildId},
    ports::{Clock, CloseDays, TextsOf},
};

/// Days asked for in one run, one a guild at the most: the next run asks for the next ones.
const MAX_A_RUN: usize = 10;

/// Asks for what is missing in guilds that are complete, unless all models are to be left alone.
pub(super) async fn close_days<M: SyncMemory, W, D, F: CloseDays, C: Clock>(
    deps: &Deps<M, W, D, F, C>,
    begun: Timestamp,
    reports: &mut [GuildReport],
) {
    let complete = reports.iter_mut().filter(|report| report.complete);
    let wanted = join_all(complete.map(async |report| {
        let day = missing_day(deps, report.guild_id, begun).await;
        (report, day)
    }));
    let mut wanted: Vec<(&mut GuildReport, Day)> =
        wanted.await.into_iter().filter_map(|(report, day)| Some((report, day?))).collect();
    if wanted.is_empty() || deps.summary_cooldowns.refusal().await.is_some() {
        return;
    }
    // The day that is asked for first in the morning comes first.
    wanted.sort_by_key(|(_, day)| std::cmp::Reverse(*day));
    for (report, day) in wanted.into_iter().take(MAX_A_RUN) {
        match deps.functions.close_day(report.guild_id, day).await {
            Ok(()) => report.closing = Some(day),
            Err(error) => report.problems.push(format!("the final summary of {day} could not be asked for: {error}")),
        }
    }
}

/// The last closed day of the window that has no final summary, and is neither being summarized nor failed of late.
async fn missing_day<M: SyncMemory, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
) -> Option<Day> {
    let calendar = deps.settings.calendar;
    for day in calendar.window(begun).into_iter().filter(|day| calendar.is_closed(*day, begun)) {
        // What cannot be read now is looked at by the next run.
        let record = deps.memory.read_day(guild, day, TextsOf::NOBODY).await.ok()?;
        if is_missing(&record, begun, |at| calendar.is_closed(day, at)) {
            return Some(day);
        }
    }
    None
}

/// A failure from while the day was open says nothing about its final summary.
fn is_missing(record: &DayRecord, now: Timestamp, is_closed: impl Fn(Timestamp) -> bool) -> bool {
    let is_outdated = matches!(record.freshness(true, now), Freshness::Renewable | Freshness::Outdated);
    let is_being_made = record.build.lease.as_ref().is_some_and(|lease| now < lease.until);
    is_outdated && !is_being_made && !record.build.failed_of_late(now, is_closed)
}
