//! Who is building something right now, so that nobody else pays for it too (DESIGN rules 8 and 9).

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long what failed is not made again that nobody waits for (DESIGN rules 24 and 38).
const AFTER_A_FAILURE: SignedDuration = SignedDuration::from_hours(6);

/// Names whoever holds a lease: one attempt at making something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaseOwner(String);

impl LeaseOwner {
    /// An owner who began at `at`; `random` makes it unique.
    pub fn new(at: Timestamp, random: u128) -> Self {
        let ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self(ulid::Ulid::from_parts(ms, random).to_string())
    }

    /// When it began.
    pub fn begun_at(&self) -> Option<Timestamp> {
        let ms = ulid::Ulid::from_string(&self.0).ok()?.timestamp_ms();
        Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LeaseOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A lease: until it runs out, nobody else begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose it is.
    pub owner: LeaseOwner,
    /// When it runs out, unless it is renewed before.
    pub until: Timestamp,
}

/// An attempt that failed, for those who wait for it: they fail with it instead of repeating it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAttempt {
    /// Whose it was.
    #[serde(rename = "attempt")]
    pub owner: LeaseOwner,
    /// The hash of the inputs it was tied to, if it was to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// The kind of error.
    pub error_type: String,
    /// What a caller is told.
    pub message: String,
}

/// How far it is with something that is built under a lease.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildState {
    /// The last lease that was neither dropped nor taken over.
    pub lease: Option<Lease>,
    /// The last attempt that failed.
    pub last_failure: Option<FailedAttempt>,
}

impl BuildState {
    /// Whether somebody is making it. A lease that ran out belongs to nobody: its owner died or stalls.
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| now < lease.until)
    }

    /// Whether `owner` still holds the lease, run out or not.
    pub fn belongs_to(&self, owner: &LeaseOwner) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.owner == *owner)
    }

    /// Whether the last attempt of those that count failed in the last six hours: what nobody waits for is left alone, since
    /// it would fail, and be paid for, in every run again. When it began says whether it counts.
    pub fn failed_of_late(&self, now: Timestamp, counts: impl Fn(Timestamp) -> bool) -> bool {
        let begun_at = self.last_failure.as_ref().and_then(|failure| failure.owner.begun_at());
        begun_at.is_some_and(|at| counts(at) && now.duration_since(at) < AFTER_A_FAILURE)
    }

    /// The failure of an attempt that failed since `earlier` was seen.
    pub fn failure_since(&self, earlier: &Self) -> Option<&FailedAttempt> {
        let known = earlier.last_failure.as_ref().map(|failure| &failure.owner);
        self.last_failure.as_ref().filter(|failure| Some(&failure.owner) != known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn rule_8_a_lease_that_ran_out_belongs_to_nobody() {
        let owner = LeaseOwner::new(at(0), 1);
        let build = BuildState { lease: Some(Lease { owner: owner.clone(), until: at(30) }), last_failure: None };
        assert!(build.is_under_way(at(29)) && !build.is_under_way(at(30)));
        assert!(build.belongs_to(&owner) && !build.belongs_to(&LeaseOwner::new(at(0), 2)));
        assert!(!BuildState::default().is_under_way(at(0)));
    }

    #[test]
    fn rule_8_only_a_failure_that_is_new_counts() {
        let failed = |n| BuildState {
            lease: None,
            last_failure: Some(FailedAttempt {
                owner: LeaseOwner::new(at(0), n),
                inputs: None,
                error_type: "RateLimited".into(),
                message: String::new(),
            }),
        };
        assert!(failed(1).failure_since(&BuildState::default()).is_some());
        assert!(failed(2).failure_since(&failed(1)).is_some());
        assert!(failed(1).failure_since(&failed(1)).is_none());
        assert!(BuildState::default().failure_since(&failed(1)).is_none());
    }

    #[test]
    fn a_failure_is_kept_under_the_name_of_its_attempt() {
        let owner = LeaseOwner::new(at(0), 1);
        let kept = serde_json::json!({"attempt": owner, "error_type": "RateLimited", "message": "later"});
        let failure: FailedAttempt = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(failure.owner, owner);
        assert_eq!(serde_json::to_value(&failure).unwrap(), kept);
    }
}
