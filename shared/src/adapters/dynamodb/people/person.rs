//! What is known about people: facts, aliases and names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{map, number, text},
        guild::settings::consent,
        keys::{self, Key},
        table::{Write, take},
        tables::MemoryTable,
        wipes::WipedItem,
    },
    domain::{Alias, Consent, Fact, FactId, GuildId, KnownNames, Person, Said, UserId},
    ports::{ReadPeople, StoreError},
};

impl ReadPeople for MemoryTable {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        if users.is_empty() {
            return Ok(HashMap::new());
        }
        let wiped = Key::wiped(guild);
        let keys = users.iter().map(|user| Key::person(guild, *user)).chain([Key::settings(guild), wiped.clone()]);
        let mut items = self.table.get_all(&keys.collect::<Vec<_>>()).await?;
        let consent = consent(&mut items, guild);
        let wiped_at = take::<WipedItem>(&mut items, &wiped)?.map(WipedItem::at);
        let person = |user: &UserId| {
            let item: Option<PersonItem> = take(&mut items, &Key::person(guild, *user))?;
            let person = item.map(Person::from).unwrap_or_default().wiped(wiped_at);
            Ok((*user, Person { consent: consent.clone()?, ..person }))
        };
        users.iter().map(person).collect()
    }
}

/// A person as an item. It is only read so: it is changed in place, by whoever knows something new.
#[derive(Deserialize)]
pub(super) struct PersonItem {
    #[serde(default)]
    facts: BTreeMap<FactId, FactItem>,
    #[serde(default)]
    facts_revision: u64,
    name: Option<String>,
    name_seen: Option<String>,
    nick: Option<String>,
    nick_seen: Option<String>,
    #[serde(default)]
    names: BTreeSet<String>,
    #[serde(default)]
    taught_names: BTreeMap<String, AliasItem>,
    /// Names that were taught before it was noted by whom.
    #[serde(default)]
    aliases: BTreeSet<String>,
    #[serde(default)]
    names_taken_back: u64,
    #[serde(default)]
    opted_out: bool,
    #[serde(default)]
    opted_in: bool,
    #[serde(default)]
    erased_at: Option<Timestamp>,
}

#[derive(Default, Serialize, Deserialize)]
struct AliasItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taught_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taught_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct FactItem {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taught_by: Option<UserId>,
    taught_at: Timestamp,
}

impl From<PersonItem> for Person {
    fn from(item: PersonItem) -> Self {
        let fact = |item: FactItem| Fact { text: item.text, taught_by: item.taught_by, taught_at: item.taught_at };
        let alias = |item: AliasItem| Alias { taught_by: item.taught_by, taught_at: item.taught_at };
        let seen = |id: Option<String>| keys::unpadded(&id?);
        let unsaid = item.aliases.into_iter().map(|name| (name, AliasItem::default()));
        Self {
            facts: item.facts.into_iter().map(|(id, item)| (id, fact(item))).collect(),
            facts_revision: item.facts_revision,
            called: KnownNames {
                account: seen(item.name_seen).zip(item.name).map(|(at, what)| Said { what, at }),
                nick: seen(item.nick_seen).map(|at| Said { what: item.nick, at }),
            },
            names: item.names,
            aliases: unsaid.chain(item.taught_names).map(|(name, item)| (name, alias(item))).collect(),
            names_taken_back: item.names_taken_back,
            opted_out: item.opted_out,
            opted_in: item.opted_in,
            consent: Consent::default(),
            erased_at: item.erased_at,
        }
    }
}

/// Only if nothing was taught or taken back since `person` was read.
pub(super) fn if_taught_nothing_since(update: Write, person: &Person) -> Write {
    at_revision(update, person, "")
}

/// Only if that is so, and nothing was said of the names they have either.
pub(super) fn if_unchanged(update: Write, person: &Person) -> Write {
    let KnownNames { account, nick } = &person.called;
    let account = account.as_ref().map(|said| said.at);
    let nick = nick.as_ref().map(|said| said.at);
    let name_seen = if account.is_some() { "name_seen = :name_was_seen" } else { "attribute_not_exists(name_seen)" };
    let nick_seen = if nick.is_some() { "nick_seen = :nick_was_seen" } else { "attribute_not_exists(nick_seen)" };
    let update = at_revision(update, person, &format!(" AND {name_seen} AND {nick_seen}"));
    let values = [(":name_was_seen", account), (":nick_was_seen", nick)];
    let values = values.into_iter().filter_map(|(placeholder, at)| Some((placeholder, at?)));
    values.fold(update, |update, (placeholder, at)| update.value(placeholder, text(keys::padded(at))))
}

fn at_revision(update: Write, person: &Person, and: &str) -> Write {
    match person.facts_revision {
        0 => update.only_if(format!("attribute_not_exists(facts_revision){and}")),
        seen => update.only_if(format!("facts_revision = :revision{and}")).value(":revision", number(seen)),
    }
}

/// Facts as an attribute.
pub(super) fn facts_attribute(facts: &BTreeMap<FactId, Fact>) -> Result<AttributeValue, StoreError> {
    let item = |fact: &Fact| FactItem { text: fact.text.clone(), taught_by: fact.taught_by, taught_at: fact.taught_at };
    let facts: BTreeMap<&FactId, FactItem> = facts.iter().map(|(id, fact)| (id, item(fact))).collect();
    map("facts", facts)
}

/// Aliases as an attribute.
pub(super) fn aliases_attribute(aliases: &BTreeMap<String, Alias>) -> Result<AttributeValue, StoreError> {
    let item = |alias: &Alias| AliasItem { taught_by: alias.taught_by, taught_at: alias.taught_at };
    let aliases: BTreeMap<&String, AliasItem> = aliases.iter().map(|(name, alias)| (name, item(alias))).collect();
    map("taught_names", aliases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::dynamodb::attributes::text_set;

    #[test]
    fn aliases_from_before_it_was_noted_by_whom_are_known() {
        let item = [("aliases".to_owned(), text_set(["Annie".to_owned()]))].into();
        let person: PersonItem = serde_dynamo::from_item::<std::collections::HashMap<_, _>, _>(item).unwrap();
        assert_eq!(Person::from(person).aliases, BTreeMap::from([("Annie".to_owned(), Alias::default())]));
    }
}
