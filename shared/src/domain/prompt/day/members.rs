//! Who wrote that day, and what they are called.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{
    Message, Person, UserId,
    prompt::{also_known_as::known_as, sanitize::sanitize_name, tokens::estimate},
};

/// Somebody who wrote that day. The first of the day is `m1`.
pub(super) struct Member {
    pub(super) id: UserId,
    pub(super) tag: String,
    pub(super) tokens: u64,
}

/// Who wrote, in the order of their first message, under the names they had.
pub(super) struct Writers<'a> {
    pub(super) index_of: BTreeMap<UserId, usize>,
    /// Newest name last, so that the last is the name to use.
    names: Vec<(UserId, Vec<&'a str>)>,
}

impl<'a> Writers<'a> {
    pub(super) fn of(messages: &[&'a Message]) -> Self {
        let mut writers = Self { index_of: BTreeMap::new(), names: Vec::new() };
        for message in messages {
            let index = *writers.index_of.entry(message.author.id).or_insert_with(|| {
                writers.names.push((message.author.id, Vec::new()));
                writers.names.len() - 1
            });
            let names = &mut writers.names[index].1;
            names.retain(|name| *name != message.author.name);
            names.push(&message.author.name);
        }
        writers
    }

    /// What a mention of each becomes: the name, with the placeholder where two read the same.
    pub(super) fn mention_names(&self) -> BTreeMap<UserId, String> {
        let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
        for (_, names) in &self.names {
            *bearers.entry(sanitize_name(last(names))).or_default() += 1;
        }
        let name = |(index, (id, names)): (usize, &(UserId, Vec<&str>))| {
            let name = last(names);
            let unique = bearers.get(&sanitize_name(name)) == Some(&1);
            (*id, if unique { name.to_owned() } else { format!("{} (m{})", name.trim(), index + 1) })
        };
        self.names.iter().enumerate().map(name).collect()
    }

    pub(super) fn into_members(self, people: &HashMap<UserId, Person>) -> Vec<Member> {
        let member = |(index, (id, names)): (usize, (UserId, Vec<&str>))| {
            let taught = people.get(&id).map(Person::also_known_as).unwrap_or_default();
            let others = names.iter().rev().skip(1).copied().chain(taught);
            let also_known_as = known_as(last(&names), others);
            let name = sanitize_name(last(&names));
            let tag = format!("<member id=\"m{}\" name=\"{name}\"{also_known_as}/>", index + 1);
            Member { id, tokens: estimate(&tag), tag }
        };
        self.names.into_iter().enumerate().map(member).collect()
    }
}

fn last<'a>(names: &[&'a str]) -> &'a str {
    names.last().copied().unwrap_or_default()
}
