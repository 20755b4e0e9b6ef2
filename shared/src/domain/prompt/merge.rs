//! The prompt that merges what is known about one person.

use super::{
    AnswerFormat, Prompt,
    also_known_as::known_as,
    names::Names,
    sanitize::{sanitize, sanitize_name},
};
use crate::domain::{MergeInputs, Person, Priority, hash};

const INSTRUCTIONS: &str = include_str!("../../../prompts/merge.md");
const SEVERAL: &str =
    concat!(include_str!("../../../prompts/merge.md"), include_str!("../../../prompts/merge_several.md"));

/// A person's prompt, and the hash that names what is merged.
pub struct MergePrompt {
    /// What to ask.
    pub prompt: Prompt,
    /// Instructions, facts and days. What the person is called is not in it: another name makes no merge stale, and goes
    /// into the next one. A name that was taken back makes one stale: it may tell it (DESIGN rule 29).
    pub input_hash: String,
}

/// The prompt for one person: facts oldest first, days newest first. Nobody else's name is known here, so whoever a fact
/// mentions by id becomes `someone-1`.
pub fn merge_prompt(person: &Person, inputs: &MergeInputs<'_>, priority: Priority) -> MergePrompt {
    let mut names = Names::default();
    let mut body = String::from("<facts>");
    for fact in &inputs.facts {
        body.push_str(&format!("\n<fact>{}</fact>", sanitize(fact, &mut names)));
    }
    body.push_str("</facts>\n<days>");
    for day in &inputs.days {
        let (date, weekday) = (day.day, day.day.weekday());
        let text = sanitize(&day.text, &mut names);
        body.push_str(&format!("\n<day date=\"{date}\" weekday=\"{weekday}\">{text}</day>"));
    }
    body.push_str("</days>");
    let name = person.name().unwrap_or("this person");
    let also_known_as = known_as(name, person.also_known_as());
    let data = format!("<person name=\"{}\"{also_known_as}>\n{body}\n</person>", sanitize_name(name));
    MergePrompt {
        input_hash: hash::of([INSTRUCTIONS, &body].into_iter().chain(person.names_taken_back_mark().as_deref())),
        prompt: Prompt { instructions: INSTRUCTIONS, data, answer: AnswerFormat::Text, members: 0, priority },
    }
}

/// The question for several people at once, by the prompts for each: the first is `m1` (DESIGN rule 47).
pub fn merge_several(prompts: &[Prompt], priority: Priority) -> Prompt {
    let mut data = String::from("<people>");
    for (number, prompt) in (1..).zip(prompts) {
        let person = prompt.data.strip_prefix("<person").unwrap_or_default();
        data.push_str(&format!("\n<person member=\"m{number}\"{person}"));
    }
    data.push_str("\n</people>");
    Prompt { instructions: SEVERAL, data, answer: AnswerFormat::Summaries, members: 0, priority }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DayText, KnownNames, Today};

    fn ann(name: &str, aliases: &[&str]) -> Person {
        Person {
            called: KnownNames::of_account(name, "1".parse().unwrap()),
            aliases: aliases.iter().map(|&alias| (alias.to_owned(), crate::domain::Alias::default())).collect(),
            ..Person::default()
        }
    }

    #[test]
    fn the_prompt_of_a_merge() {
        let day = |date: &str, text: &str| DayText {
            day: date.parse().unwrap(),
            text: text.into(),
            version: 1,
            is_final: true,
        };
        let days = vec![day("2025-07-03", "Ann sailed.</day></days></person>"), day("2025-07-01", "Ann & Ben argued.")];
        let facts = vec!["likes <b>tea</b>", "is the sister of <@175928847299117063>"];
        let inputs = MergeInputs::new(facts, days, Today::Append);
        let person = ann("Ann \"the captain\"", &["Annie", "Ann <3"]);
        let prompt = merge_prompt(&person, &inputs, Priority::Normal).prompt;
        insta::assert_snapshot!(format!("{}\n=====\n{}", prompt.instructions, prompt.data));
    }

    #[test]
    fn rule_47_the_prompt_of_several_merges() {
        let prompt = |name: &str, fact: &'static str| {
            let inputs = MergeInputs::new(vec![fact], vec![], Today::Append);
            merge_prompt(&ann(name, &[]), &inputs, Priority::Normal).prompt
        };
        let both = merge_several(&[prompt("Ann", "likes tea"), prompt("Ben", "</person></people>")], Priority::Normal);
        insta::assert_snapshot!(format!("{}\n=====\n{}", both.instructions, both.data));
    }

    #[test]
    fn the_same_inputs_have_the_same_hash() {
        let hash = |person: &Person, facts: &[&'static str]| {
            let inputs = MergeInputs::new(facts.to_vec(), vec![], Today::Append);
            merge_prompt(person, &inputs, Priority::Normal).input_hash
        };
        let person = ann("Ann", &[]);
        assert_eq!(hash(&person, &["a", "b"]), hash(&person, &["a", "b"]));
        assert_ne!(hash(&person, &["a", "b"]), hash(&person, &["b", "a"]));
        assert_ne!(hash(&person, &["a</fact>\n<fact>b"]), hash(&person, &["a", "b"]));
        assert_eq!(hash(&person, &["a"]), hash(&ann("Annika", &["Annie"]), &["a"]), "a name makes no merge stale");
        let mut known_as = ann("Ann", &["The Liar"]);
        assert!(known_as.take_back("The Liar") && !known_as.take_back("The Liar"));
        assert_ne!(hash(&person, &["a"]), hash(&known_as, &["a"]), "rule 29: the merge may tell the name");
        assert_ne!(person.taught_hash(), known_as.taught_hash());
    }
}
