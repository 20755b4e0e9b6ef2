//! Reads a model's batch of summaries. Nothing a model writes is taken on trust.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::UserId;

/// Characters of one person's summary that are kept; far above what the instructions ask for.
const MAX_SUMMARY_CHARS: usize = 4_000;
/// Characters of one person's day that are kept, where it was summarized in parts.
const MAX_DAY_CHARS: usize = 8_000;
/// Places in an answer where the JSON is looked for, the last ones first.
const MAX_PLACES: usize = 16;
/// Braces before each where it may begin: there may be other fields before the summaries.
const MAX_STARTS: usize = 4;

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
    /// Reads the answer to a prompt about `members`, by the numbers in their placeholders: unknown members are dropped and
    /// counted, doubles joined, blanks dropped (DESIGN rule 16).
    ///
    /// # Errors
    /// [`InvalidAnswer`] when it has not the asked-for shape.
    pub fn read(answer: &str, members: &BTreeMap<usize, UserId>) -> Result<Self, InvalidAnswer> {
        let mut checked = Self::default();
        for entry in find(answer)?.summaries {
            match number(&entry.member).and_then(|number| members.get(&number)) {
                Some(user) => checked.join(*user, entry.summary.trim()),
                None => checked.unknown_members += 1,
            }
        }
        Ok(checked)
    }

    fn join(&mut self, user: UserId, summary: &str) {
        if !summary.is_empty() {
            append(self.texts.entry(user).or_default(), summary);
        }
    }
}

/// The JSON of an answer, which models like to put into a code fence, or a word before it. The last that fits counts: what
/// comes before it was tried on the way. The example of the prompt is none.
fn find(answer: &str) -> Result<Answer, InvalidAnswer> {
    let named = answer.rmatch_indices("\"summaries\"").take(MAX_PLACES);
    let starts = named.flat_map(|(at, _)| answer[..at].rmatch_indices('{').take(MAX_STARTS));
    let read = |(start, _)| serde_json::Deserializer::from_str(&answer[start..]).into_iter::<Answer>().next()?.ok();
    starts.filter_map(read).find(|batch| !batch.is_the_example()).ok_or(InvalidAnswer)
}

impl Answer {
    /// The shape that the instructions show, and models repeat while they think.
    fn is_the_example(&self) -> bool {
        let is_blank = |text: &str| matches!(text.trim(), "" | "…" | "...");
        !self.summaries.is_empty() && self.summaries.iter().all(|entry| is_blank(&entry.summary))
    }
}

/// The number in a placeholder such as `m12`.
fn number(placeholder: &str) -> Option<usize> {
    let digits = placeholder.trim().strip_prefix('m')?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
    cut(text, MAX_SUMMARY_CHARS);
}

fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// What was written about each person in the parts of a day, in their order (DESIGN rule 15). Where that is too much, every
/// part of it is cut alike, so that no time of the day is lost.
pub fn join_parts(parts: impl IntoIterator<Item = BTreeMap<UserId, String>>) -> BTreeMap<UserId, String> {
    let mut by_person: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
    for (user, text) in parts.into_iter().flatten() {
        by_person.entry(user).or_default().push(text);
    }
    let joined = |mut texts: Vec<String>| {
        let share = MAX_DAY_CHARS / texts.len();
        if texts.iter().map(|text| text.chars().count() + 1).sum::<usize>() > MAX_DAY_CHARS {
            texts.iter_mut().for_each(|text| cut(text, share.saturating_sub(1)));
        }
        texts.join(" ")
    };
    by_person.into_iter().map(|(user, texts)| (user, joined(texts))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(answer: &str) -> Result<CheckedSummaries, InvalidAnswer> {
        let members = [(1, "10"), (2, "11")].map(|(number, id)| (number, id.parse().unwrap())).into();
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

    #[test]
    fn a_code_fence_or_a_word_before_it_does_no_harm() {
        let json = r#"{"summaries":[{"member":"m1","summary":"Ann {sailed}."}]}"#;
        for answer in [
            format!("```json\n{json}\n```"),
            format!("Here is the {{JSON}} you asked for: {json} I hope that helps!"),
            format!("<think>{{\"member\": \"m2\"}}</think>{json}"),
        ] {
            let texts: Vec<String> = read(&answer).unwrap().texts.into_values().collect();
            assert_eq!(texts, ["Ann {sailed}."], "{answer}");
        }
    }

    #[test]
    fn rule_16_the_last_batch_counts_and_the_example_never() {
        let batch = |text: &str| format!(r#"{{"summaries":[{{"member":"m1","summary":"{text}"}}]}}"#);
        let (first, last, example) = (batch("Ann slept."), batch("Ann sailed."), batch("…"));
        for answer in [
            format!("First: {first} No, better: {last}"),
            format!("The shape is {example}, so: {last}"),
            format!("{last} That is, as {example}"),
            format!(r#"{{"mood":{{"a":1}},{}"#, &last[1..]),
        ] {
            let texts: Vec<String> = read(&answer).unwrap().texts.into_values().collect();
            assert_eq!(texts, ["Ann sailed."], "{answer}");
        }
        assert!(read(&example).is_err(), "it said nothing");
    }

    #[test]
    fn rule_15_parts_are_joined_in_order_and_cut_alike() {
        let user: UserId = "10".parse().unwrap();
        let part = |text: &str| BTreeMap::from([(user, text.to_owned())]);
        assert_eq!(join_parts([part("She rose."), part("She slept.")])[&user], "She rose. She slept.");
        let long: Vec<_> = (0..10).map(|n| part(&n.to_string().repeat(1_000))).collect();
        let joined = &join_parts(long)[&user];
        assert!(joined.chars().count() <= MAX_DAY_CHARS && joined.ends_with('9'), "{}", joined.len());
        for n in 0..10 {
            assert_eq!(joined.matches(&n.to_string()).count(), 799, "part {n}");
        }
    }

    proptest! {
        #[test]
        fn rule_16_whatever_a_model_writes_nobody_gets_anothers_words(answer in hostile_answer()) {
            let Ok(checked) = read(&answer) else { return Ok(()) };
            for (user, text) in checked.texts {
                let member = if user.get() == 10 { "m1" } else { "m2" };
                prop_assert!(user.get() == 10 || user.get() == 11);
                prop_assert!(!text.trim().is_empty() && text.chars().count() <= MAX_SUMMARY_CHARS);
                // Each generated summary begins with the placeholder it was written for.
                prop_assert!(text.split("@@").skip(1).all(|said| said.starts_with(member)), "{}: {}", user, text);
            }
        }
    }

    /// Answers that are nearly right: any members, any texts, cut anywhere, with anything around.
    fn hostile_answer() -> impl Strategy<Value = String> {
        let member = prop_oneof!["m[0-3]", "m1 ", " m2", "M1", "m-1", "m01", "m1e0", "[0-9]{1,25}", ".{0,4}"];
        let entry = (member, ".{0,12}").prop_map(|(member, text)| {
            let number = member.trim().trim_start_matches('m').trim_start_matches('0');
            let text = text.replace('@', "a");
            let summary = if text.trim().is_empty() { text } else { format!("@@m{number} {text}") };
            serde_json::json!({"member": member, "summary": summary})
        });
        let entry = prop_oneof![8 => entry, 1 => any::<u8>().prop_map(|n| serde_json::json!({"member": n}))];
        let json = proptest::collection::vec(entry, 0..6)
            .prop_map(|entries| serde_json::json!({"summaries": entries}).to_string());
        (".{0,20}", json, ".{0,20}", any::<proptest::sample::Index>(), 0..4u8).prop_map(
            |(before, json, after, cut, kind)| match kind {
                0 => json,
                1 => format!("{before}{json}{after}"),
                2 => json.chars().take(cut.index(json.chars().count())).collect(),
                _ => format!("```json\n{json}\n```"),
            },
        )
    }
}
