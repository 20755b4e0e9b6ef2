//! A merged memory, and how long it is good for.

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Day, Usage};

/// How long a merged memory is kept (DESIGN section 5).
pub const MEMORY_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How old a memory may be that stands in for a merge that is not to be had (DESIGN rule 13).
const LAST_KNOWN_GOOD_AGE: SignedDuration = SignedDuration::from_hours(24);

/// A merged memory as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Memory {
    /// What the model wrote.
    pub text: String,
    /// The hash of what went into it: instructions, facts and days.
    pub input_hash: String,
    /// The hash of the facts alone.
    pub facts_hash: String,
    /// For every day used, a ledger version that its text was not older than.
    pub day_versions: BTreeMap<Day, u64>,
    /// The model that wrote it, as configured (`gemini:name`).
    pub model: String,
    /// What it cost, with all that was tried.
    pub usage: Usage,
    /// When it was merged.
    pub built_at: Timestamp,
    /// When it counts as gone.
    pub expires_at: Timestamp,
}

impl Memory {
    /// Whether it is the merge of these very inputs, and still lives (DESIGN rule 3).
    pub fn answers(&self, input_hash: &str, now: Timestamp) -> bool {
        now < self.expires_at && self.input_hash == input_hash
    }

    /// Whether it counts as gone, also while it is there still.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Whether it may stand in for a merge that is not to be had: built from the same facts, under 24 hours ago, and from no
    /// words that were deleted since. `purged_version` tells a day's, if it could be read (DESIGN rule 13).
    pub fn is_last_known_good(
        &self,
        facts_hash: &str,
        purged_version: impl Fn(Day) -> Option<u64>,
        now: Timestamp,
    ) -> bool {
        let unpurged = |(day, version): (&Day, &u64)| purged_version(*day).is_some_and(|purged| purged <= *version);
        self.facts_hash == facts_hash
            && now < self.expires_at
            && now.duration_since(self.built_at) < LAST_KNOWN_GOOD_AGE
            && self.day_versions.iter().all(unpurged)
    }
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("input_hash", &self.input_hash)
            .field("day_versions", &self.day_versions)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_13_the_last_known_good_memory_has_conditions() {
        let today: Day = "1970-01-01".parse().unwrap_or_else(|_| Day::of(Timestamp::UNIX_EPOCH));
        let memory = Memory {
            text: "x".into(),
            input_hash: "h".into(),
            facts_hash: "f".into(),
            day_versions: [(today, 3)].into(),
            model: String::new(),
            usage: Usage::default(),
            built_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH + MEMORY_LIFE,
        };
        let at = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        assert!(memory.is_last_known_good("f", |_| Some(3), at(23)));
        assert!(!memory.is_last_known_good("f", |_| Some(3), at(24)), "too old");
        assert!(!memory.is_last_known_good("other", |_| Some(3), at(23)), "other facts");
        assert!(!memory.is_last_known_good("f", |_| Some(4), at(23)), "something was deleted");
        assert!(!memory.is_last_known_good("f", |_| None, at(23)), "nobody knows what was deleted");
    }

    #[test]
    fn rule_3_an_expired_memory_that_is_still_there_answers_nothing() {
        let memory = Memory {
            text: "x".into(),
            input_hash: "h".into(),
            facts_hash: String::new(),
            day_versions: BTreeMap::new(),
            model: String::new(),
            usage: Usage::default(),
            built_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::from_second(10).unwrap(),
        };
        assert!(memory.answers("h", Timestamp::from_second(9).unwrap()));
        assert!(!memory.answers("h", Timestamp::from_second(10).unwrap()));
        assert!(!memory.answers("other", Timestamp::from_second(9).unwrap()));
    }
}
