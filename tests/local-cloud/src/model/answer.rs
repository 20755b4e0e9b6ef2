//! What the stand-in says: quotes, never inventions, so that a test can tell whose words went where.

use std::cmp::Reverse;

use serde_json::json;

use super::prompt::{Day, Person, Prompt};

/// A summary stops quoting here.
const SUMMARY_CHARS: usize = 400;
/// One quote of a message is at most this long.
const QUOTE_CHARS: usize = 240;

/// The text of the answer to a prompt.
pub(super) fn text(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Day(day) => summaries(day),
        Prompt::Person(person) => memory(person),
        Prompt::People(people) => memories(people),
    }
}

fn summaries(day: &Day) -> String {
    let summaries: Vec<_> = day
        .members
        .iter()
        .filter_map(|member| {
            let quotes = quotes_of(day, &member.id);
            let summary = format!("{} said: {}", member.name, quotes.join("; "));
            (!quotes.is_empty()).then(|| json!({"member": member.id, "summary": summary}))
        })
        .collect();
    json!({"summaries": summaries}).to_string()
}

/// The longest messages of a member, as many as fit, in the order they were written.
fn quotes_of(day: &Day, member: &str) -> Vec<String> {
    let own = day.messages.iter().filter(|message| message.member == member);
    let quotes: Vec<String> = own.map(|message| one_line(&message.text)).filter(|text| !text.is_empty()).collect();
    let mut by_length: Vec<usize> = (0..quotes.len()).collect();
    by_length.sort_by_key(|&index| Reverse(quotes[index].chars().count()));
    let mut room = SUMMARY_CHARS;
    by_length.retain(|&index| {
        let length = quotes[index].chars().count().min(QUOTE_CHARS) + 4;
        let fits = length <= room;
        room -= if fits { length } else { 0 };
        fits
    });
    by_length.sort_unstable();
    by_length.into_iter().map(|index| format!("“{}”", start_of(&quotes[index]))).collect()
}

fn memories(people: &[Person]) -> String {
    let memories = people.iter().map(|person| json!({"member": person.member, "summary": memory(person)}));
    json!({"summaries": memories.collect::<Vec<_>>()}).to_string()
}

/// Facts first, then the days, newest first.
fn memory(person: &Person) -> String {
    let mut sentences = vec![format!("{}.", person.name)];
    if !person.facts.is_empty() {
        let facts = person.facts.iter().map(|fact| one_line(fact).trim_end_matches('.').to_owned());
        sentences.push(format!("Remembered: {}.", facts.collect::<Vec<_>>().join("; ")));
    }
    let mut days = person.days.clone();
    days.sort_by(|a, b| b.0.cmp(&a.0));
    sentences.extend(days.iter().map(|(date, text)| format!("{date}: {}", one_line(text))));
    sentences.join(" ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn start_of(text: &str) -> String {
    match text.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
