//! Everybody's memory: at once what needs no merge, and all merges at the same time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    deps::{BuildMemory, Deps},
    merge::{Merged, Merges},
    person::PersonMemory,
    plan::{Merge, Plan, plan},
    purges::{SharedLooks, purged_by_now},
    report::report,
    stand_in::{days_of_last_memory, stand_in},
    week::Week,
};
use crate::{
    app::{AppError, Deadline},
    contract::{ErrorType, Subject},
    domain::{Day, GuildId, Priority, Source, UserId},
    ports::{Clock, LanguageModel, PersonRecord, StoreError},
};

/// Whose memories are wanted, of which week, and how soon.
pub(super) struct Wanted<'a> {
    pub(super) guild: GuildId,
    pub(super) week: &'a Week,
    pub(super) deadline: Deadline,
    pub(super) priority: Priority,
}

/// Everybody's memory, in the order of their ids.
pub(super) async fn memories<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    wanted: Wanted<'_>,
    records: BTreeMap<UserId, Result<PersonRecord, StoreError>>,
) -> Vec<PersonMemory>
where
    S: BuildMemory,
    M: LanguageModel,
    C: Clock,
{
    let (mut memories, merges) = plan_all(&wanted, &records, deps.clock.now());
    let merges = Merges {
        memory: &deps.memory,
        model: &deps.model,
        clock: &deps.clock,
        guild: wanted.guild,
        deadline: wanted.deadline,
        looks: SharedLooks::new(&deps.memory, wanted.guild, wanted.week.dates().collect()),
        wanted: merges,
    };
    let mut merged = merges.all().await;
    let failed = merges.wanted.iter().filter(|(user, _)| !is_merged(merged.get(user)));
    let purged = purged_for(deps, &wanted, failed.map(|(_, merge)| merge).collect()).await;
    let now = deps.clock.now();
    for (user, merge) in &merges.wanted {
        memories.push(finish(wanted.guild, *user, merge, merged.remove(user), &purged, now));
    }
    memories.sort_by_key(|memory| memory.user);
    memories
}

/// Those who need no merge, and the merges of all others.
fn plan_all<'r>(
    wanted: &Wanted<'_>,
    records: &'r BTreeMap<UserId, Result<PersonRecord, StoreError>>,
    now: Timestamp,
) -> (Vec<PersonMemory>, BTreeMap<UserId, Merge<'r>>) {
    let mut ready = Vec::with_capacity(records.len());
    let mut merges = BTreeMap::new();
    for (user, record) in records {
        match record.as_ref().map(|record| plan(*user, record, wanted.week, wanted.priority, now)) {
            Ok(Plan::Ready(memory)) => ready.push(memory),
            Ok(Plan::Merge(merge)) => drop(merges.insert(*user, merge)),
            Err(error) => {
                let failure = Some(report(wanted.guild, Subject::UserId(*user), &error.clone().into()));
                ready.push(PersonMemory { failure, ..PersonMemory::nothing(*user) });
            }
        }
    }
    (ready, merges)
}

fn is_merged(merged: Option<&Result<Merged, AppError>>) -> bool {
    matches!(merged, Some(Ok(Merged::Now(..) | Merged::Before(_))))
}

/// The versions of the last deletions as they are now, where something has to stand in for a merge: of the window, and of
/// the days that the last memories were made from.
async fn purged_for<S: BuildMemory, F, M, C>(
    deps: &Deps<S, F, M, C>,
    wanted: &Wanted<'_>,
    failed: Vec<&Merge<'_>>,
) -> BTreeMap<Day, u64> {
    if failed.is_empty() {
        return BTreeMap::new();
    }
    let used = failed.into_iter().flat_map(days_of_last_memory);
    let days: BTreeSet<Day> = used.chain(wanted.week.dates()).collect();
    purged_by_now(&deps.memory, wanted.guild, days, wanted.deadline.left()).await
}

/// What a person gets whose merge was made, or failed, or was not ready in time.
fn finish(
    guild: GuildId,
    user: UserId,
    merge: &Merge<'_>,
    merged: Option<Result<Merged, AppError>>,
    purged: &BTreeMap<Day, u64>,
    now: Timestamp,
) -> PersonMemory {
    let is_late = merged.is_none();
    let (text, error) = match merged {
        Some(Ok(Merged::Now(text, error))) => (Some((text, Source::Merged)), error),
        Some(Ok(Merged::Before(text))) => (Some((text, Source::Cached)), None),
        Some(Ok(Merged::Purged)) => {
            let message = "messages were deleted meanwhile; ask again";
            (None, Some(AppError::new(ErrorType::Throttled, message)))
        }
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let (text, source) = text.unwrap_or_else(|| stand_in(merge, purged, now));
    let failure = error.map(|error| report(guild, Subject::UserId(user), &error));
    let memory = PersonMemory::of(user, merge.record, (!text.is_empty()).then_some(text), source);
    PersonMemory { failure, is_late, ..memory }
}
