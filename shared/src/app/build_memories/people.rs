//! What everybody gets, once it is known what came of their merges.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    deps::{BuildMemory, Deps},
    merge::{Merged, Planned},
    person::PersonMemory,
    plan::{Merge, Plan},
    purges::purged_by_now,
    report::report,
    stand_in::{days_of_last_memory, stand_in},
    week::Week,
};
use crate::{
    app::{AppError, Deadline},
    contract::{ErrorType, Subject},
    domain::{Day, GuildId, Source, UserId},
    ports::{Clock, StoreError},
};

/// Of which guild and week, and until when.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) guild: GuildId,
    pub(super) week: &'a Week,
    pub(super) deadline: Deadline,
}

/// Everybody's memory, in the order of their ids: of those whose merges came to something, and of those who could not be
/// read.
pub(super) async fn memories<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    of: Of<'_>,
    planned: Planned<'_>,
    unread: impl Iterator<Item = (UserId, StoreError)>,
) -> Vec<PersonMemory>
where
    S: BuildMemory,
    C: Clock,
{
    let failed = planned.iter().filter_map(|(_, plan, merged)| match plan {
        Plan::Merge(merge) if !is_merged(merged.as_ref()) => Some(merge),
        Plan::Merge(_) | Plan::Ready(_) => None,
    });
    let purged = purged_for(deps, of, failed.collect()).await;
    let now = deps.clock.now();
    let known = planned.into_iter().map(|(user, plan, merged)| match plan {
        Plan::Ready(memory) => memory,
        Plan::Merge(merge) => finish(of.guild, user, &merge, merged, &purged, now),
    });
    let unread = unread.map(|(user, error)| {
        let failure = Some(report(of.guild, Subject::UserId(user), &error.into()));
        PersonMemory { failure, ..PersonMemory::nothing(user) }
    });
    let mut memories: Vec<PersonMemory> = known.chain(unread).collect();
    memories.sort_by_key(|memory| memory.user);
    memories
}

fn is_merged(merged: Option<&Result<Merged, AppError>>) -> bool {
    matches!(merged, Some(Ok(Merged::Now(..) | Merged::Before(_))))
}

/// The versions of the last deletions as they are now, where something has to stand in for a merge: of the window, and of
/// the days that the last memories were made from.
async fn purged_for<S: BuildMemory, F, M, C>(
    deps: &Deps<S, F, M, C>,
    of: Of<'_>,
    failed: Vec<&Merge<'_>>,
) -> BTreeMap<Day, u64> {
    if failed.is_empty() {
        return BTreeMap::new();
    }
    let used = failed.into_iter().flat_map(days_of_last_memory);
    let days: BTreeSet<Day> = used.chain(of.week.dates()).collect();
    purged_by_now(&deps.memory, of.guild, days, of.deadline.left()).await
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
    let appended = |text| merge.inputs.with_appended(text);
    let (text, error) = match merged {
        Some(Ok(Merged::Now(text, error))) => (Some((appended(text), Source::Merged)), error),
        Some(Ok(Merged::Before(text))) => (Some((appended(text), Source::Cached)), None),
        Some(Ok(Merged::Erased)) => return PersonMemory::nothing(user),
        Some(Ok(Merged::Ready)) => (None, None),
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
