//! What a person gets: facts and the week's texts, merged only when there is something to merge.

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{Day, Usage, hash};

/// How long a merged memory is kept (DESIGN section 5).
pub const MEMORY_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How old a memory may be that stands in for a merge that is not to be had (DESIGN rule 13).
const LAST_KNOWN_GOOD_AGE: SignedDuration = SignedDuration::from_hours(24);

/// A person's text in one day summary.
#[derive(Clone, PartialEq, Eq)]
pub struct DayText {
    /// The guild-day.
    pub day: Day,
    /// What the person did.
    pub text: String,
    /// A version of the ledger that the text is not older than.
    pub version: u64,
}

/// Everything known about a person when their memory is asked for.
pub struct Knowledge<'a> {
    /// Facts, oldest first.
    pub facts: Vec<&'a str>,
    /// The days of the window on which they did something, newest first.
    pub days: Vec<DayText>,
}

/// Where the text of an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A model call of this request merged it.
    Merged,
    /// These inputs were merged before.
    Cached,
    /// There were only facts.
    Facts,
    /// There was a single day summary and nothing else.
    Summary,
    /// No merge was to be had: an earlier one, of the same facts, of the last 24 hours.
    LastKnownGood,
    /// No merge was to be had: facts and day texts one after the other.
    Unmerged,
    /// Nothing is known.
    None,
}

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

impl Knowledge<'_> {
    /// The answer where no model is needed (DESIGN rule 12), or `None` where facts and days must be merged.
    pub fn without_merge(&self) -> Option<(Option<String>, Source)> {
        match (self.facts.as_slice(), self.days.as_slice()) {
            ([], []) => Some((None, Source::None)),
            (_, []) => Some((Some(self.fact_lines()), Source::Facts)),
            ([], [only]) => Some((Some(only.text.clone()), Source::Summary)),
            _ => None,
        }
    }

    /// The answer where a model is needed and none is to be had: the facts, then a line a day, newest first (DESIGN
    /// rule 13).
    pub fn unmerged(&self) -> String {
        let days = self.days.iter().map(|day| format!("{}: {}", day.day, day.text));
        let facts = (!self.facts.is_empty()).then(|| self.fact_lines());
        facts.into_iter().chain(days).collect::<Vec<_>>().join("\n")
    }

    /// Without the days that something was deleted from since: those at a version below `purged`, and those that are not in
    /// it, because nobody knows.
    pub fn unpurged(&self, purged: &BTreeMap<Day, u64>) -> Self {
        let unpurged = |day: &&DayText| purged.get(&day.day).is_some_and(|purged| *purged <= day.version);
        Self { facts: self.facts.clone(), days: self.days.iter().filter(unpurged).cloned().collect() }
    }

    /// Names the facts, whatever else is known.
    pub fn facts_hash(&self) -> String {
        hash::of(self.facts.iter().copied())
    }

    /// The version each day's text is not older than.
    pub fn day_versions(&self) -> BTreeMap<Day, u64> {
        self.days.iter().map(|day| (day.day, day.version)).collect()
    }

    fn fact_lines(&self) -> String {
        self.facts.iter().map(|fact| format!("- {fact}")).collect::<Vec<_>>().join("\n")
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

    fn day(date: &str, text: &str) -> DayText {
        DayText { day: date.parse().unwrap(), text: text.into(), version: 1 }
    }

    fn knowledge<'a>(facts: &[&'a str], days: &[DayText]) -> Knowledge<'a> {
        Knowledge { facts: facts.to_vec(), days: days.to_vec() }
    }

    #[test]
    fn rule_12_nothing_known_is_null() {
        assert_eq!(knowledge(&[], &[]).without_merge(), Some((None, Source::None)));
    }

    #[test]
    fn rule_12_facts_alone_are_lines_oldest_first() {
        let expected = Some((Some("- likes tea\n- has a cat".into()), Source::Facts));
        assert_eq!(knowledge(&["likes tea", "has a cat"], &[]).without_merge(), expected);
    }

    #[test]
    fn rule_12_a_single_summary_is_served_as_it_is() {
        let only = knowledge(&[], &[day("2026-11-21", "Ann sailed.")]);
        assert_eq!(only.without_merge(), Some((Some("Ann sailed.".into()), Source::Summary)));
    }

    #[test]
    fn rule_12_anything_more_is_merged() {
        assert_eq!(knowledge(&["f"], &[day("2026-11-21", "a")]).without_merge(), None);
        assert_eq!(knowledge(&[], &[day("2026-11-21", "a"), day("2026-11-20", "b")]).without_merge(), None);
    }

    #[test]
    fn unmerged_is_facts_then_days() {
        let days = [day("2026-11-21", "sailed"), day("2026-11-20", "slept")];
        assert_eq!(knowledge(&["likes tea"], &days).unmerged(), "- likes tea\n2026-11-21: sailed\n2026-11-20: slept");
        assert_eq!(knowledge(&[], &days).unmerged(), "2026-11-21: sailed\n2026-11-20: slept");
    }

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
