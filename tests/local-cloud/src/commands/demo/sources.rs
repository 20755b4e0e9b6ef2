//! Which of a person's own messages and facts a memory came from.

use std::fmt;

use super::sample_week::SampleWeek;

/// As many messages are shown.
const MESSAGES: usize = 2;
/// A quote of a message is recognized by its beginning, because long ones are cut.
const RECOGNIZED_BY: usize = 60;

/// Something a memory came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Fact(String),
    Message {
        day: String,
        time: String,
        text: String,
    },
}

/// One fact and some messages whose words are in the memory. A real model uses its own words: then those most likely used.
pub(super) fn of(week: &SampleWeek, person: &str, memory: &str) -> Vec<Source> {
    let own: Vec<_> = week.messages_of(person).collect();
    let mut quoted: Vec<_> = own
        .iter()
        .filter(|message| is_quoted(&message.content, memory))
        .collect();
    if quoted.is_empty() {
        quoted = own.iter().collect();
    }
    quoted.sort_by_key(|message| std::cmp::Reverse(message.content.chars().count()));
    quoted.truncate(MESSAGES);
    let messages = quoted.into_iter().map(|message| {
        let written = message.written_at().to_string();
        Source::Message {
            day: written[..10].to_owned(),
            time: written[11..16].to_owned(),
            text: one_line(&message.content),
        }
    });
    let fact = week.facts_of(person).into_iter().take(1).map(Source::Fact);
    fact.chain(messages).collect()
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(text) => write!(f, "remembered: {text}"),
            Self::Message { day, time, text } => write!(f, "{day} {time}: {text}"),
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
