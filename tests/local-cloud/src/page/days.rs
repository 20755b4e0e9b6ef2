//! Days, and what state they are in.

use guild_memory::domain::{Calendar, Day, DayRecord, Freshness, SummaryStatus};
use jiff::Timestamp;
use serde::Serialize;

/// A day of the window.
#[derive(Serialize)]
pub(super) struct DayTile {
    date: Day,
    weekday: String,
    state: State,
    messages: u64,
    /// The people the summary has a text for, of those that are shown.
    people: usize,
    /// Messages that the model refused to read.
    blocked: u64,
    built_at: Option<Timestamp>,
    model: Option<String>,
    /// Tokens of questions and of answers.
    tokens: [u64; 2],
    /// What the last attempt ended with, if the day is not what it should be.
    failure: Option<String>,
}

/// What would become of the day if somebody asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Nothing was written.
    Empty,
    /// Somebody makes its summary.
    Making,
    /// Its summary is served, and is made again when more was written and its time is over.
    Fresh,
    /// Its summary is served, and will be for ever.
    Final,
    /// The model refused all of it.
    Blocked,
    /// An older summary is there, and a new one is due.
    Stale,
    /// The last attempt failed.
    Failed,
    /// Nobody has asked for it yet.
    Due,
}

/// A day as the page shows it.
pub(super) fn tile(day: Day, record: &DayRecord, calendar: &Calendar, now: Timestamp) -> DayTile {
    let state = state(record, calendar.is_closed(day, now), now);
    let summary = record.summary.as_ref();
    let usage = summary.map(|summary| summary.usage).unwrap_or_default();
    let failure = record.build.last_failure.as_ref().filter(|_| state == State::Failed);
    DayTile {
        date: day,
        weekday: day.weekday(),
        state,
        messages: record.ledger.map_or(0, |ledger| ledger.message_count),
        people: summary.map_or(0, |summary| summary.texts.len()),
        blocked: summary.map_or(0, |summary| summary.blocked_messages),
        built_at: summary.map(|summary| summary.built_at),
        model: summary.map(|summary| summary.model.clone()),
        tokens: [usage.prompt_tokens, usage.output_tokens + usage.thought_tokens],
        failure: failure.map(|failure| failure.message.clone()),
    }
}

fn state(record: &DayRecord, closed: bool, now: Timestamp) -> State {
    let is_blocked = record.summary.as_ref().is_some_and(|summary| summary.status == SummaryStatus::Blocked);
    let is_final = record.summary.as_ref().is_some_and(|summary| summary.is_final());
    let built_at = record.summary.as_ref().map(|summary| summary.built_at);
    let has_failed = record.build.failed_of_late(now, |begun| built_at.is_none_or(|built_at| built_at < begun));
    match record.freshness(closed, now) {
        Freshness::Empty => State::Empty,
        _ if record.build.is_under_way(now) => State::Making,
        Freshness::Fresh | Freshness::Renewable if is_blocked => State::Blocked,
        Freshness::Fresh if is_final => State::Final,
        Freshness::Fresh | Freshness::Renewable => State::Fresh,
        Freshness::Outdated if has_failed => State::Failed,
        Freshness::Outdated if record.unpurged_summary().is_some() => State::Stale,
        Freshness::Outdated => State::Due,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use guild_memory::domain::{BuildState, DaySummary, FailedAttempt, Lease, LeaseOwner, Ledger, Usage};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(version: u64, summary: Option<(u64, Option<i64>)>) -> DayRecord {
        let summary = summary.map(|(version, expires_at)| DaySummary {
            texts: BTreeMap::new(),
            status: SummaryStatus::Built,
            version,
            built_at: at(1_000),
            expires_at: expires_at.map(at),
            model: String::new(),
            prompt_hash: String::new(),
            usage: Usage::default(),
            blocked_messages: 0,
        });
        let ledger = Ledger { version, message_count: version.min(1), ..Ledger::default() };
        DayRecord { ledger: Some(ledger), summary, build: BuildState::default() }
    }

    #[test]
    fn a_day_has_the_state_that_who_asks_would_find() {
        let owner = || LeaseOwner::new(at(1_500), 1);
        let states = |record: &DayRecord| [true, false].map(|closed| state(record, closed, at(2_000)));
        assert_eq!(states(&record(0, None)), [State::Empty; 2]);
        assert_eq!(states(&record(3, None)), [State::Due; 2]);
        assert_eq!(states(&record(3, Some((3, None)))), [State::Final; 2]);
        assert_eq!(states(&record(4, Some((3, None)))), [State::Stale, State::Final]);
        assert_eq!(states(&record(4, Some((3, Some(3_000))))), [State::Stale, State::Fresh]);
        let mut made = record(4, Some((3, Some(3_000))));
        made.build.lease = Some(Lease { owner: owner(), until: at(2_010) });
        assert_eq!(states(&made), [State::Making; 2]);
        let mut failed = record(4, None);
        let kind = String::new;
        failed.build.last_failure =
            Some(FailedAttempt { owner: owner(), inputs: None, error_type: kind(), message: kind() });
        assert_eq!(states(&failed), [State::Failed; 2]);
        let mut blocked = record(3, Some((3, None)));
        blocked.summary.as_mut().unwrap().status = SummaryStatus::Blocked;
        assert_eq!(states(&blocked), [State::Blocked; 2]);
    }
}
