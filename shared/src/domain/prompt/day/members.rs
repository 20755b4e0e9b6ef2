//! Who wrote that day, and what they are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{
    Mention, Message, Person, UserId, folded_name,
    prompt::{also_known_as::known_as, sanitize::sanitize_name, tokens::estimate},
};

/// Somebody who wrote that day. The first of the day is `m1`.
pub(super) struct Member {
    pub(super) id: UserId,
    pub(super) tag: String,
    pub(super) tokens: u64,
}

/// Who wrote, in the order of their first message, under the names they had. Who has a nick in the guild has that name,
/// whichever the sources of their messages knew (DESIGN rule 32).
pub(super) struct Writers<'a> {
    pub(super) index_of: BTreeMap<UserId, usize>,
    /// Newest name last, so that the last is the name to use.
    names: Vec<(UserId, Vec<&'a str>)>,
    people: &'a HashMap<UserId, Person>,
}

impl<'a> Writers<'a> {
    pub(super) fn of(messages: &[&'a Message], people: &'a HashMap<UserId, Person>) -> Self {
        let mut writers = Self { index_of: BTreeMap::new(), names: Vec::new(), people };
        for message in messages {
            let index = *writers.index_of.entry(message.author.id).or_insert_with(|| {
                writers.names.push((message.author.id, Vec::new()));
                writers.names.len() - 1
            });
            add_last(&mut writers.names[index].1, &message.author.name);
        }
        for (user, names) in &mut writers.names {
            if let Some(nick) = nick(people, *user) {
                add_last(names, nick);
            }
        }
        writers
    }

    /// What a mention of each becomes: the name of who wrote that day, else the nick, else the name the mention has. Nobody has the name of
    /// somebody else.
    pub(super) fn mention_names<'m>(
        &self,
        mentions: impl IntoIterator<Item = &'m Mention>,
    ) -> BTreeMap<UserId, String> {
        let shown = self.shown_names();
        let mut taken: BTreeSet<String> = shown.iter().map(|name| folded_name(name)).collect();
        let mut names: BTreeMap<UserId, String> = self.names.iter().map(|(id, _)| *id).zip(shown).collect();
        for Mention { id, name } in mentions {
            if !names.contains_key(id) {
                names.insert(*id, free_name(nick(self.people, *id).unwrap_or(name), &mut taken));
            }
        }
        names
    }

    /// The name of each; with the placeholder where two have the same, and where one ends as if it had one.
    fn shown_names(&self) -> Vec<String> {
        let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
        for (_, names) in &self.names {
            *bearers.entry(folded_name(last(names))).or_default() += 1;
        }
        let shown = |(number, (_, names)): (usize, &(UserId, Vec<&str>))| {
            let name = last(names);
            let unique = bearers.get(&folded_name(name)) == Some(&1);
            if unique && !ends_in_placeholder(name) { name.to_owned() } else { format!("{} (m{number})", name.trim()) }
        };
        (1..).zip(&self.names).map(shown).collect()
    }

    pub(super) fn into_members(self) -> Vec<Member> {
        let (shown, people) = (self.shown_names(), self.people);
        let member = |(index, (id, names)): (usize, (UserId, Vec<&str>))| {
            let taught = people.get(&id).map(Person::also_known_as).unwrap_or_default();
            let others = names.iter().rev().skip(1).copied().chain(taught);
            let also_known_as = known_as(last(&names), others);
            let name = sanitize_name(&shown[index]);
            let tag = format!("<member id=\"m{}\" name=\"{name}\"{also_known_as}/>", index + 1);
            Member { id, tokens: estimate(&tag), tag }
        };
        self.names.into_iter().enumerate().map(member).collect()
    }
}

/// The name is the last of them.
fn add_last<'a>(names: &mut Vec<&'a str>, name: &'a str) {
    names.retain(|known| *known != name);
    names.push(name);
}

fn nick(people: &HashMap<UserId, Person>, user: UserId) -> Option<&str> {
    people.get(&user)?.called.nick()
}

fn last<'a>(names: &[&'a str]) -> &'a str {
    names.last().copied().unwrap_or_default()
}

/// The name, with a number if somebody has it already.
fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(folded_name(&free)) {
        free = format!("{name} ({number})");
        number += 1;
    }
    free
}

/// Whether a name ends like `Ann (m3)`: it could be meant to be taken for another Ann's.
fn ends_in_placeholder(name: &str) -> bool {
    let number = name.trim_end().strip_suffix(')').and_then(|name| name.rsplit_once("(m"));
    number.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}
