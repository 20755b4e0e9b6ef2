//! The lease on an item, and the last attempt that failed: attributes of ledgers and memories.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{attributes::Attributes, time::EpochMillis};
use crate::domain::{BuildState, Day, FailedAttempt, Lease, LeaseOwner};

/// The lease on an item, and the last attempt that failed.
#[derive(Default, Deserialize)]
pub(super) struct BuildStateItem {
    lease_owner: Option<LeaseOwner>,
    lease_until: Option<EpochMillis>,
    lease_days: Option<BTreeMap<Day, u64>>,
    last_failure: Option<FailedAttempt>,
}

impl BuildStateItem {
    /// Of an item whose other attributes may be anything.
    pub(super) fn of(item: &Attributes) -> Option<Self> {
        serde_dynamo::from_item(item.clone()).ok()
    }

    /// Who is making the item's successor.
    pub(super) fn build_state(&self) -> BuildState {
        let end = self.lease_until.map(Timestamp::from);
        let lease = self.lease_owner.clone().zip(end).map(|(owner, until)| Lease { owner, until });
        BuildState { lease, last_failure: self.last_failure.clone() }
    }

    /// Whether it is held, run out or not, for a memory that is made of that day from before the version. A lease that does
    /// not say what for counts as such.
    pub(super) fn is_for_before(&self, day: Day, version: u64) -> bool {
        let uses_it = |days: &BTreeMap<Day, u64>| days.get(&day).is_some_and(|used| *used < version);
        self.lease_owner.is_some() && self.lease_days.as_ref().is_none_or(uses_it)
    }
}
