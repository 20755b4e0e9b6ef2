//! Which of a person's own messages and facts a memory came from.

use std::{cmp::Reverse, collections::BTreeSet, fmt};

use super::sample_week::{Message, SampleWeek};

/// As many messages are shown.
const MESSAGES: usize = 2;
/// A quote of a message is recognized by its beginning, because long ones are cut.
const RECOGNIZED_BY: usize = 60;
/// What is shown of a message.
const SHOWN: usize = 150;

/// Something a memory came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Fact(String),
    Message { written: String, text: String },
}

/// What a memory came from.
pub(super) struct Sources {
    /// Facts that were taught.
    pub(super) facts: usize,
    /// Messages that were summarized.
    pub(super) messages: usize,
    /// Days they are of.
    pub(super) days: usize,
    /// One fact and some messages of them.
    pub(super) examples: Vec<Source>,
}

/// Where a person's memory came from.
pub(super) fn of(week: &SampleWeek, person: &str, memory: &str) -> Sources {
    let days: BTreeSet<_> =
        week.messages_of(person).map(|message| message.written_at().strftime("%F").to_string()).collect();
    Sources {
        facts: week.facts_of(person).len(),
        messages: week.messages_of(person).count(),
        days: days.len(),
        examples: examples(week, person, memory),
    }
}

/// One fact and some messages whose words are in the memory. A real model uses its own words: then the longest messages.
fn examples(week: &SampleWeek, person: &str, memory: &str) -> Vec<Source> {
    let own: Vec<_> = week.messages_of(person).collect();
    let mut shown: Vec<_> = own.iter().filter(|message| is_quoted(&message.content, memory)).collect();
    if shown.is_empty() {
        shown = own.iter().collect();
    }
    // Long ones say most; those with mentions and links read badly.
    shown.sort_by_key(|message| (message.content.contains(['<', '/']), Reverse(message.content.chars().count())));
    shown.truncate(MESSAGES);
    shown.sort_by_key(|message| message.written_at());
    let fact = week.facts_of(person).into_iter().take(1).map(Source::Fact);
    fact.chain(shown.into_iter().map(|message| Source::of(message))).collect()
}

impl Source {
    fn of(message: &Message) -> Self {
        let text = one_line(&message.content);
        let cut = text.char_indices().nth(SHOWN).map(|(end, _)| format!("{}…", &text[..end]));
        let written = message.written_at().strftime("%Y-%m-%d %H:%M").to_string();
        Self::Message { written, text: cut.unwrap_or(text) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(text) => write!(f, "fact: {text}"),
            Self::Message { written, text } => write!(f, "message of {written}: {text}"),
        }
    }
}

fn is_quoted(content: &str, memory: &str) -> bool {
    let beginning: String = one_line(content).chars().take(RECOGNIZED_BY).collect();
    // Very short ones ("ok") are everywhere.
    beginning.chars().count() > 12 && memory.contains(&beginning)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_found_and_the_fact_comes_first() {
        let week = SampleWeek::until("2026-11-22T12:00:00Z".parse().unwrap()).unwrap();
        let (id, _) = week.people().remove(0);
        let quoted = week.messages_of(&id).find(|message| message.content.len() > 40).unwrap();
        let memory = format!("2026-11-22: said: “{}”", one_line(&quoted.content));

        let Sources { facts, messages, days, examples } = of(&week, &id, &memory);

        assert!(facts >= 1 && messages >= days && days >= 2);
        assert!(matches!(examples[0], Source::Fact(_)));
        assert_eq!(examples[1..], [Source::of(quoted)]);
    }

    #[test]
    fn other_words_still_have_sources() {
        let week = SampleWeek::until("2026-11-22T12:00:00Z".parse().unwrap()).unwrap();
        let (id, _) = week.people().remove(0);
        assert_eq!(of(&week, &id, "Somebody who likes bread.").examples.len(), 1 + MESSAGES);
    }
}
