//! What is known about people: facts, aliases and names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::map,
        keys::{self, Key},
        table::take,
        tables::MemoryTable,
    },
    domain::{Fact, FactId, GuildId, Person, UserId},
    ports::{ReadPeople, StoreError},
};

impl ReadPeople for MemoryTable {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        let keys: Vec<Key> = users.iter().map(|user| Key::person(guild, *user)).collect();
        let mut items = self.table.get_all(&keys).await?;
        let person = |(user, key): (&UserId, Key)| {
            let item: Option<PersonItem> = take(&mut items, &key)?;
            Ok((*user, item.map(Person::from).unwrap_or_default()))
        };
        users.iter().zip(keys).map(person).collect()
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
    #[serde(default)]
    names: BTreeSet<String>,
    #[serde(default)]
    aliases: BTreeSet<String>,
    #[serde(default)]
    opted_out: bool,
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
        Self {
            facts: item.facts.into_iter().map(|(id, item)| (id, fact(item))).collect(),
            facts_revision: item.facts_revision,
            last_name: item.name.zip(item.name_seen.and_then(|id| keys::unpadded(&id))),
            names: item.names,
            aliases: item.aliases,
            opted_out: item.opted_out,
        }
    }
}

/// Facts as an attribute.
pub(super) fn facts_attribute(facts: &BTreeMap<FactId, Fact>) -> Result<AttributeValue, StoreError> {
    let item = |fact: &Fact| FactItem { text: fact.text.clone(), taught_by: fact.taught_by, taught_at: fact.taught_at };
    let facts: BTreeMap<&FactId, FactItem> = facts.iter().map(|(id, fact)| (id, item(fact))).collect();
    map("facts", facts)
}
