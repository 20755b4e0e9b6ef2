//! What a person gets while a merge is not to be had (DESIGN rule 13).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::plan::Merge;
use crate::domain::{Day, Memory, Source};

/// The days whose deletions decide what may stand in for that merge, besides those of the window: those that the last
/// memory was made from.
pub(super) fn days_of_last_memory<'a>(merge: &'a Merge<'_>) -> impl Iterator<Item = Day> + 'a {
    merge.record.memory.iter().flat_map(|memory| memory.day_versions.keys().copied())
}

/// The last known good memory, else all that is known; of `purged` days nothing that is older than their last deletion.
pub(super) fn stand_in(merge: &Merge<'_>, purged: &BTreeMap<Day, u64>, now: Timestamp) -> (String, Source) {
    let facts_hash = merge.record.person.taught_hash();
    let is_good = |memory: &&Memory| memory.is_last_known_good(&facts_hash, |day| purged.get(&day).copied(), now);
    let unpurged = merge.inputs.unpurged(purged);
    match merge.record.memory.as_ref().filter(is_good) {
        Some(memory) => (unpurged.with_appended(memory.text.clone()), Source::LastKnownGood),
        None => (unpurged.unmerged(), Source::Unmerged),
    }
}
