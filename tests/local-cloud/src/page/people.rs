//! People: what is remembered about them, and where it comes from.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{Day, DayRecord, Fact, Memory, Message, Person, UserId},
    ports::PersonRecord,
};
use jiff::Timestamp;
use serde::Serialize;

use super::texts::{cut, name_of, with_names};

/// So many messages of a person's day are shown, the newest; the others are counted.
const MOST_MESSAGES: usize = 4;
const LONGEST_MESSAGE: usize = 400;

/// A person.
#[derive(Serialize)]
pub(super) struct PersonCard {
    id: UserId,
    name: String,
    also_known_as: Vec<String>,
    /// Why nothing is kept of them, if nothing is.
    left_out: Option<&'static str>,
    /// Whether somebody merges a memory of theirs.
    is_merging: bool,
    /// What the last attempt to merge ended with, if there is no memory since.
    failure: Option<String>,
    memory: Option<MemoryCard>,
    facts: Vec<FactRow>,
    /// The days they wrote on, the newest first.
    days: Vec<DayRow>,
}

/// What was merged.
#[derive(Serialize)]
struct MemoryCard {
    text: String,
    built_at: Timestamp,
    model: String,
    /// The days it was made from.
    days: Vec<Day>,
    is_expired: bool,
}

/// What somebody asked to be remembered.
#[derive(Serialize)]
struct FactRow {
    text: String,
    taught_by: Option<String>,
    taught_at: Timestamp,
}

/// What a person did on a day.
#[derive(Serialize)]
struct DayRow {
    date: Day,
    /// What the summary of the day tells of them.
    text: Option<String>,
    messages: Vec<MessageRow>,
    more_messages: usize,
}

/// What somebody wrote.
#[derive(Serialize)]
struct MessageRow {
    written_at: Timestamp,
    text: String,
}

/// What was written in the window, by who wrote it and the day.
#[derive(Default)]
pub(super) struct Written {
    messages: BTreeMap<UserId, BTreeMap<Day, Vec<MessageRow>>>,
    /// As their messages call them.
    names: BTreeMap<UserId, String>,
}

impl Written {
    pub(super) fn note(&mut self, day: Day, message: &Message) {
        let author = &message.author;
        self.names.insert(author.id, author.name.clone());
        let mentions = message.body.mentions.iter().map(|mention| (mention.id, mention.name.as_str()));
        let words = with_names(&message.body.content, mentions);
        let attached = message.body.attachments.iter().map(|attachment| format!("[{attachment}]"));
        let text = std::iter::once(words).chain(attached).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let row = MessageRow { written_at: message.id.written_at(), text: cut(&text, LONGEST_MESSAGE) };
        self.messages.entry(author.id).or_default().entry(day).or_default().push(row);
    }

    /// How many messages are by that person.
    pub(super) fn of(&self, user: UserId) -> usize {
        self.messages.get(&user).map_or(0, |days| days.values().map(Vec::len).sum())
    }
}

/// The cards of these people, in that order, as far as they could be read.
pub(super) fn cards(
    people: &[UserId],
    known: &BTreeMap<UserId, PersonRecord>,
    days: &BTreeMap<Day, DayRecord>,
    written: &Written,
    now: Timestamp,
) -> Vec<PersonCard> {
    let mut names = written.names.clone();
    names.extend(known.iter().filter_map(|(user, record)| Some((*user, record.person.name()?.to_owned()))));
    let readable = people.iter().filter_map(|user| Some((*user, known.get(user)?)));
    readable.map(|(user, record)| card(user, record, days, written, &names, now)).collect()
}

fn card(
    user: UserId,
    record: &PersonRecord,
    days: &BTreeMap<Day, DayRecord>,
    written: &Written,
    names: &BTreeMap<UserId, String>,
    now: Timestamp,
) -> PersonCard {
    let PersonRecord { person, memory, build } = record;
    let built_at = memory.as_ref().map(|memory| memory.built_at);
    let has_failed = build.failed_of_late(now, |begun| built_at.is_none_or(|built_at| built_at < begun));
    PersonCard {
        id: user,
        name: name_of(user, names),
        also_known_as: person.also_known_as().into_iter().map(str::to_owned).collect(),
        left_out: left_out(person),
        is_merging: build.is_under_way(now),
        failure: build.last_failure.as_ref().filter(|_| has_failed).map(|failure| failure.message.clone()),
        memory: memory.as_ref().map(|memory| memory_card(memory, names, now)),
        facts: person.facts.values().map(|fact| fact_row(fact, names)).collect(),
        days: days.iter().rev().filter_map(|(day, record)| day_row(user, *day, record, written, names)).collect(),
    }
}

fn left_out(person: &Person) -> Option<&'static str> {
    match person {
        person if person.opted_out => Some("opted out: nothing is kept"),
        person if person.is_left_out() => Some("has not said yes: nothing is kept"),
        _ => None,
    }
}

fn memory_card(memory: &Memory, names: &BTreeMap<UserId, String>, now: Timestamp) -> MemoryCard {
    MemoryCard {
        text: told(&memory.text, names),
        built_at: memory.built_at,
        model: memory.model.clone(),
        days: memory.day_versions.keys().rev().copied().collect(),
        is_expired: memory.is_expired(now),
    }
}

fn fact_row(fact: &Fact, names: &BTreeMap<UserId, String>) -> FactRow {
    let taught_by = fact.taught_by.map(|user| name_of(user, names));
    FactRow { text: told(&fact.text, names), taught_by, taught_at: fact.taught_at }
}

/// A day they wrote on, or are told of.
fn day_row(
    user: UserId,
    day: Day,
    record: &DayRecord,
    written: &Written,
    names: &BTreeMap<UserId, String>,
) -> Option<DayRow> {
    let text = record.unpurged_summary().and_then(|summary| summary.texts.get(&user));
    let own = written.messages.get(&user).and_then(|days| days.get(&day)).map_or(&[][..], Vec::as_slice);
    if text.is_none() && own.is_empty() {
        return None;
    }
    let newest = own.iter().rev().take(MOST_MESSAGES);
    let row = |row: &MessageRow| MessageRow { written_at: row.written_at, text: row.text.clone() };
    Some(DayRow {
        date: day,
        text: text.map(|text| told(text, names)),
        messages: newest.map(row).collect(),
        more_messages: own.len().saturating_sub(MOST_MESSAGES),
    })
}

fn told(text: &str, names: &BTreeMap<UserId, String>) -> String {
    with_names(text, names.iter().map(|(user, name)| (*user, name.as_str())))
}
