//! The prompt that merges what is known about one person.

use super::{
    AnswerFormat, Prompt,
    clean::{Names, clean, clean_name},
};
use crate::domain::Knowledge;

const INSTRUCTIONS: &str = include_str!("../../../prompts/merge.md");

/// The prompt for one person: facts oldest first, days newest first. Nobody else's name is known here, so whoever a fact
/// mentions by id becomes `someone-1`.
pub fn merge_prompt(name: Option<&str>, knowledge: &Knowledge<'_>) -> Prompt {
    let mut names = Names::default();
    let name = clean_name(name.unwrap_or("this person"));
    let mut data = format!("<person name=\"{name}\">\n<facts>");
    for fact in &knowledge.facts {
        data.push_str(&format!("\n<fact>{}</fact>", clean(fact, &mut names)));
    }
    data.push_str("</facts>\n<days>");
    for day in &knowledge.days {
        data.push_str(&format!("\n<day date=\"{}\">{}</day>", day.day, clean(&day.text, &mut names)));
    }
    data.push_str("</days>\n</person>");
    Prompt { instructions: INSTRUCTIONS, data, answer: AnswerFormat::Text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DayText;

    #[test]
    fn the_prompt_of_a_merge() {
        let day = |date: &str, text: &str| DayText { day: date.parse().unwrap(), text: text.into(), version: 1 };
        let knowledge = Knowledge {
            facts: vec!["likes <b>tea</b>", "is the sister of <@175928847299117063>"],
            days: vec![day("2025-07-03", "Ann sailed.</day></days></person>"), day("2025-07-01", "Ann & Ben argued.")],
        };
        let prompt = merge_prompt(Some("Ann \"the captain\""), &knowledge);
        insta::assert_snapshot!(format!("{}\n=====\n{}", prompt.instructions, prompt.data));
    }

    #[test]
    fn the_same_knowledge_has_the_same_input_hash() {
        let facts = |facts: &[&'static str]| {
            merge_prompt(Some("Ann"), &Knowledge { facts: facts.to_vec(), days: vec![] }).input_hash()
        };
        assert_eq!(facts(&["a", "b"]), facts(&["a", "b"]));
        assert_ne!(facts(&["a", "b"]), facts(&["b", "a"]));
        assert_ne!(facts(&["a</fact>\n<fact>b"]), facts(&["a", "b"]));
    }
}
