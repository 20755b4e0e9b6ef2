//! What is merged for a person, what is appended to that, and what needs no merge.

use std::{cmp::Reverse, collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::domain::Day;

/// Everything known about a person when their memory is asked for.
pub struct MergeInputs<'a> {
    /// Facts, oldest first.
    pub facts: Vec<&'a str>,
    /// The days of the window on which they did something, newest first; those that are appended aside.
    pub days: Vec<DayText>,
    /// The days that are appended to what is merged, newest first (DESIGN rule 35).
    pub appended: Vec<DayText>,
}

/// What becomes of a day that still changes (DESIGN rule 35).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Today {
    /// Its text follows the memory, as it is: no merge is needed when it changes.
    #[default]
    Append,
    /// It is merged with all others, anew whenever it changes.
    Merge,
}

impl FromStr for Today {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "append" => Ok(Self::Append),
            "merge" => Ok(Self::Merge),
            _ => Err("must be append or merge".to_owned()),
        }
    }
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
    /// It was made of a day that had closed, and stays as it is.
    pub is_final: bool,
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
    /// No merge was asked for: facts and day texts one after the other (DESIGN rule 39).
    Verbatim,
    /// Nothing is known.
    None,
}

impl DayText {
    /// The text with its date: without it nobody would know when that was.
    fn line(&self) -> String {
        format!("{}: {}", self.day, self.text)
    }
}

impl<'a> MergeInputs<'a> {
    /// Of those facts, and of days that are newest first.
    pub fn new(facts: Vec<&'a str>, days: Vec<DayText>, today: Today) -> Self {
        let (appended, days) = days.into_iter().partition(|day| today == Today::Append && !day.is_final);
        Self { facts, days, appended }
    }

    /// The answer where no model is needed (DESIGN rules 12 and 35), or `None` where facts and days must be merged.
    pub fn without_merge(&self) -> Option<(Option<String>, Source)> {
        let (text, source) = match (self.facts.as_slice(), self.days.as_slice()) {
            ([], []) if self.appended.is_empty() => return Some((None, Source::None)),
            ([], []) => (String::new(), Source::Summary),
            (_, []) => (self.fact_lines(), Source::Facts),
            ([], [only]) => (only.line(), Source::Summary),
            _ => return None,
        };
        Some((Some(self.with_appended(text)), source))
    }

    /// What was merged of them, and after it a paragraph a day that is appended, the newest last (DESIGN rule 35).
    pub fn with_appended(&self, merged: String) -> String {
        let days = self.appended.iter().rev().map(DayText::line);
        let merged = (!merged.is_empty()).then_some(merged);
        merged.into_iter().chain(days).collect::<Vec<_>>().join("\n\n")
    }

    /// The answer where a model is needed and none is to be had, or wanted: the facts, then a line a day, newest first (DESIGN
    /// rule 13).
    pub fn unmerged(&self) -> String {
        let mut days: Vec<&DayText> = self.appended.iter().chain(&self.days).collect();
        days.sort_by_key(|day| Reverse(day.day));
        let facts = (!self.facts.is_empty()).then(|| self.fact_lines());
        facts.into_iter().chain(days.into_iter().map(DayText::line)).collect::<Vec<_>>().join("\n")
    }

    /// Without the days that something was deleted from since: those at a version below `purged`, and those that are not in
    /// it, because nobody knows.
    pub fn unpurged(&self, purged: &BTreeMap<Day, u64>) -> Self {
        let unpurged = |day: &&DayText| purged.get(&day.day).is_some_and(|purged| *purged <= day.version);
        let of = |days: &[DayText]| days.iter().filter(unpurged).cloned().collect();
        Self { facts: self.facts.clone(), days: of(&self.days), appended: of(&self.appended) }
    }

    /// The version that the text of each day that is merged is not older than.
    pub fn day_versions(&self) -> BTreeMap<Day, u64> {
        self.days.iter().map(|day| (day.day, day.version)).collect()
    }

    fn fact_lines(&self) -> String {
        self.facts.iter().map(|fact| format!("- {fact}")).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    fn day(date: &str, text: &str) -> DayText {
        DayText { day: date.parse().unwrap(), text: text.into(), version: 1, is_final: true }
    }

    fn open(date: &str, text: &str) -> DayText {
        DayText { is_final: false, ..day(date, text) }
    }

    fn inputs<'a>(facts: &[&'a str], days: &[DayText]) -> MergeInputs<'a> {
        MergeInputs::new(facts.to_vec(), days.to_vec(), Today::Append)
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
    fn rule_35_what_still_changes_is_appended_and_asks_for_no_merge() {
        let today = open("2026-11-22", "cooked");
        let alone = inputs(&[], from_ref(&today)).without_merge();
        assert_eq!(alone, Some((Some("2026-11-22: cooked".into()), Source::Summary)));
        let taught = inputs(&["likes tea"], from_ref(&today)).without_merge();
        assert_eq!(taught, Some((Some("- likes tea\n\n2026-11-22: cooked".into()), Source::Facts)));
        let two = inputs(&[], &[today.clone(), day("2026-11-21", "sailed")]).without_merge();
        assert_eq!(two, Some((Some("2026-11-21: sailed\n\n2026-11-22: cooked".into()), Source::Summary)));
        let night = inputs(&["f"], &[today.clone(), open("2026-11-21", "sailed"), day("2026-11-20", "slept")]);
        assert_eq!(night.without_merge(), None);
        assert_eq!(night.with_appended("merged".into()), "merged\n\n2026-11-21: sailed\n\n2026-11-22: cooked");
        assert_eq!(night.unmerged(), "- f\n2026-11-22: cooked\n2026-11-21: sailed\n2026-11-20: slept");
        assert!(night.day_versions().into_keys().eq(["2026-11-20".parse().unwrap()]));
        let merged = MergeInputs::new(vec!["f"], vec![today], Today::Merge);
        assert_eq!((merged.without_merge(), merged.with_appended("merged".into())), (None, "merged".into()));
    }

    #[test]
    fn unmerged_is_facts_then_days() {
        let days = [day("2026-11-21", "sailed"), day("2026-11-20", "slept")];
        assert_eq!(inputs(&["likes tea"], &days).unmerged(), "- likes tea\n2026-11-21: sailed\n2026-11-20: slept");
        assert_eq!(inputs(&[], &days).unmerged(), "2026-11-21: sailed\n2026-11-20: slept");
    }
}
