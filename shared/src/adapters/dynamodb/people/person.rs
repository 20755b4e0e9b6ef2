//! What is known about people: facts, aliases and names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::decode,
    keys::{self, Key},
    table::{batch_get::batch_get_all, errors::store_error},
};
use crate::{
    domain::{Fact, FactId, GuildId, MAX_ALIASES, MAX_NAMES, MessageId, Person, UserId},
    ports::{ReadPeople, RecordNames, StoreError, TeachPeople},
};

impl ReadPeople for MemoryTable {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        let keys: Vec<Key> = users.iter().map(|user| Key::person(guild, *user)).collect();
        let mut items = batch_get_all(&self.client, &self.table, &keys).await?;
        let person = |(user, key): (&UserId, Key)| {
            let item = items.remove(&key).map(|item| decode::<PersonItem>(&key, item)).transpose()?;
            Ok((*user, item.map(Person::from).unwrap_or_default()))
        };
        users.iter().zip(keys).map(person).collect()
    }
}

impl ReadPeople for MessagesTable {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        self.memory.people(guild, users).await
    }
}

impl RecordNames for MessagesTable {
    async fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> Result<(), StoreError> {
        let seen = self.record_name_if(guild, user, name, seen_in, true).await;
        match seen {
            Err(StoreError::Conflict) => {
                // Enough names are kept already, or somebody else saw a later one.
                match self.record_name_if(guild, user, name, seen_in, false).await {
                    Err(StoreError::Conflict) => Ok(()),
                    result => result,
                }
            }
            result => result,
        }
    }
}

impl MessagesTable {
    /// Makes the name the current one, unless a later one is known; `keep` also adds it to the names that are kept, unless
    /// there are enough of them.
    async fn record_name_if(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
        keep: bool,
    ) -> Result<(), StoreError> {
        const IS_LATER: &str = "(attribute_not_exists(name_seen) OR name_seen < :seen)";
        let update = self
            .memory
            .update(&Key::person(guild, user))
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":name", AttributeValue::S(name.to_owned()))
            .expression_attribute_values(":seen", AttributeValue::S(keys::padded(seen_in)));
        let update = if keep {
            update
                .update_expression("SET #name = :name, name_seen = :seen ADD #names :names")
                .condition_expression(format!("{IS_LATER} AND (attribute_not_exists(#names) OR size(#names) < :most)"))
                .expression_attribute_names("#names", "names")
                .expression_attribute_values(":names", AttributeValue::Ss(vec![name.to_owned()]))
                .expression_attribute_values(":most", AttributeValue::N(MAX_NAMES.to_string()))
        } else {
            update.update_expression("SET #name = :name, name_seen = :seen").condition_expression(IS_LATER)
        };
        update.send().await.map(drop).map_err(store_error)
    }
}

impl TeachPeople for MemoryTable {
    async fn replace_facts(
        &self,
        guild: GuildId,
        user: UserId,
        facts: &BTreeMap<FactId, Fact>,
        seen_revision: u64,
    ) -> Result<(), StoreError> {
        let update = self
            .update(&Key::person(guild, user))
            .update_expression("SET facts = :facts, facts_revision = :next")
            .expression_attribute_values(":facts", facts_attribute(facts)?)
            .expression_attribute_values(":next", AttributeValue::N((seen_revision + 1).to_string()));
        let update = if seen_revision == 0 {
            update.condition_expression("attribute_not_exists(facts_revision)")
        } else {
            update
                .condition_expression("facts_revision = :seen")
                .expression_attribute_values(":seen", AttributeValue::N(seen_revision.to_string()))
        };
        update.send().await.map(drop).map_err(store_error)
    }

    async fn add_alias(&self, guild: GuildId, user: UserId, alias: &str) -> Result<(), StoreError> {
        let update = self
            .update(&Key::person(guild, user))
            .update_expression("ADD aliases :aliases")
            .condition_expression("attribute_not_exists(aliases) OR size(aliases) < :most")
            .expression_attribute_values(":most", AttributeValue::N(MAX_ALIASES.to_string()))
            .expression_attribute_values(":aliases", AttributeValue::Ss(vec![alias.to_owned()]));
        update.send().await.map(drop).map_err(store_error)
    }
}

#[derive(Serialize, Deserialize)]
struct FactItem {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taught_by: Option<UserId>,
    taught_at: Timestamp,
}

/// Facts as an attribute.
pub(crate) fn facts_attribute(facts: &BTreeMap<FactId, Fact>) -> Result<AttributeValue, StoreError> {
    let item = |fact: &Fact| FactItem { text: fact.text.clone(), taught_by: fact.taught_by, taught_at: fact.taught_at };
    let facts: BTreeMap<&FactId, FactItem> = facts.iter().map(|(id, fact)| (id, item(fact))).collect();
    serde_dynamo::to_attribute_value(facts).map_err(|_| StoreError::Corrupt { item: "facts".to_owned() })
}

#[derive(Deserialize)]
pub(crate) struct PersonItem {
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
