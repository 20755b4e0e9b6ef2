//! Reads a model's batch of summaries. Nothing a model writes is taken on trust.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::UserId;

/// Characters of one person's summary that are kept; far above what the instructions ask for.
const MAX_SUMMARY_CHARS: usize = 4_000;

/// The answer is no batch of summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not {{\"summaries\":[{{\"member\":…,\"summary\":…}}]}}")]
pub struct InvalidAnswer;

/// The usable part of an answer.
#[derive(Default)]
pub struct CheckedSummaries {
    /// A text for each member the model wrote about.
    pub texts: BTreeMap<UserId, String>,
    /// Entries about members that were not asked about.
    pub unknown_members: usize,
}

#[derive(Deserialize)]
struct Answer {
    summaries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    member: String,
    summary: String,
}

impl CheckedSummaries {
    /// Reads the answer to a prompt about `members`: unknown members are dropped and counted, doubles joined, blanks
    /// dropped (DESIGN rule 16).
    ///
    /// # Errors
    /// [`InvalidAnswer`] when it has not the asked-for shape.
    pub fn read(answer: &str, members: &[UserId]) -> Result<Self, InvalidAnswer> {
        let answer: Answer = serde_json::from_str(answer).map_err(|_| InvalidAnswer)?;
        let mut checked = Self::default();
        for entry in answer.summaries {
            match member(&entry.member, members) {
                Some(user) => checked.join(user, entry.summary.trim()),
                None => checked.unknown_members += 1,
            }
        }
        Ok(checked)
    }

    fn join(&mut self, user: UserId, summary: &str) {
        if summary.is_empty() {
            return;
        }
        let text = self.texts.entry(user).or_default();
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(summary);
        if let Some((end, _)) = text.char_indices().nth(MAX_SUMMARY_CHARS) {
            text.truncate(end);
        }
    }
}

/// Who an alias such as `m12` stands for.
fn member(alias: &str, members: &[UserId]) -> Option<UserId> {
    let number: usize = alias.trim().strip_prefix('m')?.parse().ok()?;
    members.get(number.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str) -> Result<CheckedSummaries, InvalidAnswer> {
        let members: Vec<UserId> = ["10", "11"].map(|id| id.parse().unwrap()).to_vec();
        CheckedSummaries::read(answer, &members)
    }

    #[test]
    fn strangers_are_counted_doubles_joined_and_blanks_dropped() {
        let answer = r#"{"summaries":[{"member":"m1","summary":" Ann sailed. "},{"member":"m3","summary":"who?"},
            {"member":"m1","summary":"She slept."},{"member":"m2","summary":"  "},{"member":"m0","summary":"x"},
            {"member":"Ann","summary":"x"}],"mood":"fine"}"#;
        let checked = read(answer).unwrap();
        let texts: Vec<(u64, &str)> = checked.texts.iter().map(|(id, text)| (id.get(), text.as_str())).collect();
        assert_eq!(texts, [(10, "Ann sailed. She slept.")]);
        assert_eq!(checked.unknown_members, 3);
    }

    #[test]
    fn a_summary_without_end_is_cut() {
        let endless = serde_json::json!({"summaries":[{"member":"m1","summary":"é".repeat(10_000)}]});
        let checked = read(&endless.to_string()).unwrap();
        assert_eq!(checked.texts.values().next().unwrap().chars().count(), MAX_SUMMARY_CHARS);
    }

    #[test]
    fn anything_else_is_refused() {
        for answer in ["", "Sure! Here it is", "[]", r#"{"summaries":{}}"#, r#"{"summaries":[{"member":"m1"}]}"#] {
            assert_eq!(read(answer).err(), Some(InvalidAnswer), "{answer}");
        }
    }
}
