//! What is merged for a person, and what needs no merge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Day;

/// Everything known about a person when their memory is asked for.
pub struct MergeInputs<'a> {
    /// Facts, oldest first.
    pub facts: Vec<&'a str>,
    /// The days of the window on which they did something, newest first.
    pub days: Vec<DayText>,
}

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

impl DayText {
    /// The text with its date: without it nobody would know when that was.
    fn line(&self) -> String {
        format!("{}: {}", self.day, self.text)
    }
}

impl MergeInputs<'_> {
    /// The answer where no model is needed (DESIGN rule 12), or `None` where facts and days must be merged.
    pub fn without_merge(&self) -> Option<(Option<String>, Source)> {
        match (self.facts.as_slice(), self.days.as_slice()) {
            ([], []) => Some((None, Source::None)),
            (_, []) => Some((Some(self.fact_lines()), Source::Facts)),
            ([], [only]) => Some((Some(only.line()), Source::Summary)),
            _ => None,
        }
    }

    /// The answer where a model is needed and none is to be had: the facts, then a line a day, newest first (DESIGN
    /// rule 13).
    pub fn unmerged(&self) -> String {
        let days = self.days.iter().map(DayText::line);
        let facts = (!self.facts.is_empty()).then(|| self.fact_lines());
        facts.into_iter().chain(days).collect::<Vec<_>>().join("\n")
    }

    /// Without the days that something was deleted from since: those at a version below `purged`, and those that are not in
    /// it, because nobody knows.
    pub fn unpurged(&self, purged: &BTreeMap<Day, u64>) -> Self {
        let unpurged = |day: &&DayText| purged.get(&day.day).is_some_and(|purged| *purged <= day.version);
        Self { facts: self.facts.clone(), days: self.days.iter().filter(unpurged).cloned().collect() }
    }

    /// The version each day's text is not older than.
    pub fn day_versions(&self) -> BTreeMap<Day, u64> {
        self.days.iter().map(|day| (day.day, day.version)).collect()
    }

    fn fact_lines(&self) -> String {
        self.facts.iter().map(|fact| format!("- {fact}")).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, text: &str) -> DayText {
        DayText { day: date.parse().unwrap(), text: text.into(), version: 1 }
    }

    fn inputs<'a>(facts: &[&'a str], days: &[DayText]) -> MergeInputs<'a> {
        MergeInputs { facts: facts.to_vec(), days: days.to_vec() }
    }

    #[test]
    fn rule_12_nothing_known_is_null() {
        assert_eq!(inputs(&[], &[]).without_merge(), Some((None, Source::None)));
    }

    #[test]
    fn rule_12_facts_alone_are_lines_oldest_first() {
        let expected = Some((Some("- likes tea\n- has a cat".into()), Source::Facts));
        assert_eq!(inputs(&["likes tea", "has a cat"], &[]).without_merge(), expected);
    }

    #[test]
    fn rule_12_a_single_summary_is_served_with_its_date() {
        let only = inputs(&[], &[day("2026-11-21", "Ann sailed.")]);
        assert_eq!(only.without_merge(), Some((Some("2026-11-21: Ann sailed.".into()), Source::Summary)));
    }

    #[test]
    fn rule_12_anything_more_is_merged() {
        assert_eq!(inputs(&["f"], &[day("2026-11-21", "a")]).without_merge(), None);
        assert_eq!(inputs(&[], &[day("2026-11-21", "a"), day("2026-11-20", "b")]).without_merge(), None);
    }

    #[test]
    fn unmerged_is_facts_then_days() {
        let days = [day("2026-11-21", "sailed"), day("2026-11-20", "slept")];
        assert_eq!(inputs(&["likes tea"], &days).unmerged(), "- likes tea\n2026-11-21: sailed\n2026-11-20: slept");
        assert_eq!(inputs(&[], &days).unmerged(), "2026-11-21: sailed\n2026-11-20: slept");
    }
}
