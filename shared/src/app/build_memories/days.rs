//! The days of the window: those that are fresh as they are, all others from `daily_summary`, at once.

use std::collections::BTreeMap;

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

/// What is known about the days, by the deadline at the latest: for an answer with the texts of `users`. A refresh builds
/// what ages, too (DESIGN rule 37).
pub(super) async fn gather<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    request: &MemoriesRequest,
    users: &[UserId],
    records: BTreeMap<Day, Result<DayRecord, StoreError>>,
    deadline: Deadline,
) -> Week
where
    S: BuildMemory,
    F: BuildFunctions,
    C: Clock,
{
    let guild = request.guild_id;
    let mut week = Week::of(guild);
    let stale = add_what_needs_no_work(deps, &mut week, records, request.refresh);
    let builds = DayBuilds {
        memory: &deps.memory,
        functions: &deps.functions,
        refusal: async || deps.summary_cooldowns.refusal().await,
        clock: &deps.clock,
        calendar: deps.calendar,
        guild,
        of: TextsOf::People(users),
        refresh: request.refresh,
        background: request.warm,
        seen: stale,
        deadline,
    };
    let mut built = builds.all().await;
    for (day, seen) in builds.seen {
        match built.remove(&day) {
            Some(Ok(built)) => week.add(day, known(&seen, built)),
            Some(Err(error)) => {
                week.add_failed(day, &error, older_or(seen, DayState::Failed));
            }
            None => week.add_late(day, older_or(seen, DayState::Pending)),
        }
    }
    week
}

/// Adds the days that are as they should be, and those that could not be read; gives all others.
fn add_what_needs_no_work<S, F, M, C: Clock>(
    deps: &Deps<S, F, M, C>,
    week: &mut Week,
    records: BTreeMap<Day, Result<DayRecord, StoreError>>,
    refresh: bool,
) -> BTreeMap<Day, DayRecord> {
    let now = deps.clock.now();
    let mut stale = BTreeMap::new();
    for (day, record) in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                week.add_failed(day, &error.into(), KnownDay::bare(DayState::Failed));
                continue;
            }
        };
        let closed = deps.calendar.is_closed(day, now);
        let ages = record.is_aging(closed, now);
        match (record.freshness(closed, now), &record.summary) {
            (Freshness::Empty, _) => week.add(day, KnownDay::bare(DayState::Empty)),
            (Freshness::Fresh, Some(summary)) if !(ages && refresh) => {
                week.ages |= ages;
                week.add(day, KnownDay::summarized(DayState::Cached, summary.clone()));
            }
            _ => drop(stale.insert(day, record)),
        }
    }
    stale
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
    KnownDay::with_texts(state, report.summaries, seen.ledger.map_or(0, |ledger| ledger.version))
}

/// An older summary rather than none, if nothing was deleted since (DESIGN rule 13).
fn older_or(seen: DayRecord, otherwise: DayState) -> KnownDay {
    match seen.unpurged_summary().cloned() {
        Some(older) => KnownDay::summarized(DayState::Stale, older),
        None => KnownDay::bare(otherwise),
    }
}
