//! The days of the window: those that are fresh as they are, all others from `daily_summary`, at once.

use std::collections::BTreeMap;

use tokio::sync::watch;

use super::{
    deps::{BuildFunctions, BuildMemory, Deps},
    week::{KnownDay, Week},
};
use crate::{
    app::{
        Deadline,
        day_builds::{BuiltDay, DayBuilds},
    },
    contract::{DayReport, DayState, DayStatus, MemoriesRequest},
    domain::{Day, DayRecord, Freshness, UserId},
    ports::{Clock, StoreError, TextsOf},
};

/// The week as it was read, and the days of it that are to be built. A refresh builds what ages, too (DESIGN rule 37).
pub(super) fn begin<S, F, M, C: Clock>(
    deps: &Deps<S, F, M, C>,
    request: &MemoriesRequest,
    records: BTreeMap<Day, Result<DayRecord, StoreError>>,
) -> (Week, BTreeMap<Day, DayRecord>) {
    let now = deps.clock.now();
    let (mut week, mut stale) = (Week::of(request.guild_id), BTreeMap::new());
    for (day, record) in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                week.add_failed(day, &error.into(), KnownDay::bare(DayState::Failed));
                continue;
            }
        };
        let closed = deps.calendar.is_closed(day, now);
        // What failed since it was made would fail again: nobody waits for it (DESIGN rule 38).
        let made_at = record.summary.as_ref().map(|summary| summary.built_at);
        let rests = record.build.failed_of_late(now, |at| {
            made_at.is_none_or(|made_at| made_at < at) && (!closed || deps.calendar.is_closed(day, at))
        });
        let ages = record.is_aging(closed, now) && !rests;
        match (record.freshness(closed, now), &record.summary) {
            (Freshness::Empty, _) => week.add(day, KnownDay::bare(DayState::Empty)),
            (Freshness::Fresh, Some(summary)) if !(ages && request.refresh) => {
                week.ages |= ages && !record.build.is_under_way(now);
                week.add(day, KnownDay::summarized(DayState::Cached, summary.clone()));
            }
            _ if request.warm && rests => week.add(day, older_or(&record, DayState::Pending)),
            _ => {
                week.begin(day, record.ledger.unwrap_or_default());
                stale.insert(day, record);
            }
        }
    }
    (week, stale)
}

/// Has the days of `seen` built for an answer with the texts of `users`, and puts each into the week as soon as it is there;
/// until the deadline at the latest.
pub(super) async fn build<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    request: &MemoriesRequest,
    users: &[UserId],
    seen: &BTreeMap<Day, DayRecord>,
    week: &watch::Sender<Week>,
    deadline: Deadline,
) where
    S: BuildMemory,
    F: BuildFunctions,
    C: Clock,
{
    let builds = DayBuilds {
        memory: &deps.memory,
        functions: &deps.functions,
        refusal: async || deps.summary_cooldowns.refusal().await,
        clock: &deps.clock,
        calendar: deps.calendar,
        guild: request.guild_id,
        of: TextsOf::People(users),
        refresh: request.refresh,
        background: request.warm,
        seen,
        deadline,
    };
    let done = |day, built| {
        let Some(seen) = seen.get(&day) else { return };
        week.send_modify(|week| match built {
            Ok(built) => week.add(day, known(seen, built)),
            Err(error) => week.add_failed(day, &error, older_or(seen, DayState::Failed)),
        });
    };
    builds.each(done).await;
    give_up(week, seen);
}

/// What is known instead of the days that were not ready in time.
pub(super) fn give_up(week: &watch::Sender<Week>, seen: &BTreeMap<Day, DayRecord>) {
    week.send_if_modified(|week| {
        let late: Vec<_> = seen.iter().filter(|(day, _)| week.is_building(**day)).collect();
        for (day, seen) in &late {
            week.add_late(**day, older_or(seen, DayState::Pending));
        }
        !late.is_empty()
    });
}

fn known(seen: &DayRecord, built: BuiltDay) -> KnownDay {
    match built {
        BuiltDay::Answered(report) => answered(seen, report),
        BuiltDay::Committed(summary) => KnownDay::summarized(DayState::Cached, summary),
        BuiltDay::Empty => KnownDay::bare(DayState::Empty),
    }
}

/// What `daily_summary` made is at least as new as the ledger that was seen before it was asked.
fn answered(seen: &DayRecord, report: DayReport) -> KnownDay {
    let state = match report.status {
        DayStatus::Built => DayState::Built,
        DayStatus::Cached | DayStatus::Renewed => DayState::Cached,
        DayStatus::Empty => DayState::Empty,
        DayStatus::Blocked => DayState::Blocked,
        DayStatus::Pending => DayState::Pending,
    };
    KnownDay::reported(state, report, seen.ledger.map_or(0, |ledger| ledger.version))
}

/// An older summary rather than none, if nothing was deleted since (DESIGN rule 13).
fn older_or(seen: &DayRecord, otherwise: DayState) -> KnownDay {
    match seen.unpurged_summary().cloned() {
        Some(older) => KnownDay::summarized(DayState::Stale, older),
        None => KnownDay::bare(otherwise),
    }
}
