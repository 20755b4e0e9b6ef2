//! The tags of a prompt, read as the XML they claim to be: whatever is escaped stays text, and broken escaping is an error.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use super::pace::Size;

/// What a prompt asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// Summaries of everybody who wrote on a day.
    Day(Day),
    /// One person's memory.
    Person(Person),
    /// Those of several people.
    People(Vec<Person>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: String,
    pub(super) members: Vec<Member>,
    pub(super) messages: Vec<Message>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) member: String,
    pub(super) text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// Among several.
    pub(super) member: String,
    pub(crate) name: String,
    pub(super) facts: Vec<String>,
    /// Date and text, in the prompt's order.
    pub(super) days: Vec<(String, String)>,
}

impl Prompt {
    /// How many members and messages there are, of a day.
    pub(super) fn size(&self) -> Size {
        match self {
            Self::Day(day) => {
                Size { members: day.members.len() as u64, messages: day.messages.len() as u64, ..Size::default() }
            }
            Self::Person(_) | Self::People(_) => Size::default(),
        }
    }

    /// Finds the data in the user's text; instructions may stand around it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if let Some(people) = text.find("<people>") {
            return read_people(section(text, people, "</people>")?).map(Self::People);
        }
        // A person's prompt holds days too, so what begins first decides.
        match (text.find("<day date="), text.find("<person name=")) {
            (Some(day), person) if person.is_none_or(|person| day < person) => {
                read_day(section(text, day, "</day>")?).map(Self::Day)
            }
            (_, Some(person)) => read_person(section(text, person, "</person>")?).map(Self::Person),
            _ => Err("the stand-in finds no <day date=…>, <person name=…> or <people> in the prompt".to_owned()),
        }
    }
}

fn section<'a>(text: &'a str, start: usize, end: &str) -> Result<&'a str, String> {
    let length = text[start..].find(end).ok_or_else(|| format!("the prompt lacks {end}"))?;
    Ok(&text[start..start + length + end.len()])
}

fn read_day(xml: &str) -> Result<Day, String> {
    let mut day = Day::default();
    walk(xml, |path, attributes, text| match path {
        ["day"] => day.date = attributes.get("date"),
        ["day", "members", "member"] => {
            day.members.push(Member { id: attributes.get("id"), name: attributes.get("name") });
        }
        ["day", "messages", "message"] => {
            day.messages.push(Message { member: attributes.get("member"), text: text.to_owned() });
        }
        _ => {}
    })?;
    Ok(day)
}

fn read_person(xml: &str) -> Result<Person, String> {
    let mut people = read_people(&format!("<people>{xml}</people>"))?;
    people.pop().ok_or_else(|| "there is nobody in the prompt".to_owned())
}

/// A person ends after what is said of them.
fn read_people(xml: &str) -> Result<Vec<Person>, String> {
    let (mut people, mut person) = (Vec::new(), Person::default());
    walk(xml, |path, attributes, text| match path {
        ["people", "person"] => {
            let (member, name) = (attributes.get("member"), attributes.get("name"));
            people.push(Person { member, name, ..std::mem::take(&mut person) });
        }
        ["people", "person", "facts", "fact"] => person.facts.push(text.to_owned()),
        ["people", "person", "days", "day"] => person.days.push((attributes.get("date"), text.to_owned())),
        _ => {}
    })?;
    Ok(people)
}

struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(tag: &BytesStart<'_>) -> Result<Self, String> {
        tag.attributes()
            .map(|attribute| {
                let attribute = attribute.map_err(|error| error.to_string())?;
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .map_err(|error| error.to_string())?;
                Ok((attribute.key.as_ref().to_owned(), value.into_owned()))
            })
            .collect::<Result<_, String>>()
            .map(Self)
    }

    fn get(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// Calls `see` at the end of each element with its path, its attributes and its own text.
fn walk(xml: &str, mut see: impl FnMut(&[&str], &Attributes, &str)) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, Attributes, String)> = Vec::new();
    loop {
        let event =
            reader.read_event().map_err(|error| format!("the data of the prompt is not well-formed: {error}"))?;
        match event {
            Event::Start(tag) => open.push((name(&tag), Attributes::of(&tag)?, String::new())),
            Event::Empty(tag) => {
                open.push((name(&tag), Attributes::of(&tag)?, String::new()));
                close(&mut open, &mut see);
            }
            Event::End(_) => close(&mut open, &mut see),
            Event::Text(text) => append(&mut open, &text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| error.to_string())?;
                let resolved = match character {
                    Some(character) => Cow::Owned(character.to_string()),
                    None => resolve_predefined_entity(&reference)
                        .map(Cow::Borrowed)
                        .ok_or("an unknown entity in the prompt")?,
                };
                append(&mut open, &resolved);
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err("the data of the prompt ends too early".to_owned()),
            _ => {
                return Err("the data of the prompt holds something other than tags and text".to_owned());
            }
        }
    }
}

fn close(open: &mut Vec<(String, Attributes, String)>, see: &mut impl FnMut(&[&str], &Attributes, &str)) {
    let path: Vec<String> = open.iter().map(|(name, ..)| name.clone()).collect();
    if let Some((_, attributes, text)) = open.pop() {
        see(&path.iter().map(String::as_str).collect::<Vec<_>>(), &attributes, text.trim());
    }
}

fn append(open: &mut [(String, Attributes, String)], text: &str) {
    if let Some((.., own)) = open.last_mut() {
        own.push_str(text);
    }
}

fn name(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_owned()
}
