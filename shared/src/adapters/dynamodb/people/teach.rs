//! What people teach about each other: facts, replaced as a whole, and aliases, added one by one.

use std::collections::BTreeMap;

use super::person::facts_attribute;
use crate::{
    adapters::dynamodb::{
        attributes::{number, text_set},
        keys::Key,
        table::Write,
        tables::MemoryTable,
    },
    domain::{Fact, FactId, GuildId, MAX_ALIASES, UserId},
    ports::{StoreError, TeachPeople},
};

impl TeachPeople for MemoryTable {
    async fn replace_facts(
        &self,
        guild: GuildId,
        user: UserId,
        facts: &BTreeMap<FactId, Fact>,
        seen_revision: u64,
    ) -> Result<(), StoreError> {
        let update = Write::update(&Key::person(guild, user), "SET facts = :facts, facts_revision = :next")
            .value(":facts", facts_attribute(facts)?)
            .value(":next", number(seen_revision + 1));
        let update = match seen_revision {
            0 => update.only_if("attribute_not_exists(facts_revision)"),
            seen => update.only_if("facts_revision = :seen").value(":seen", number(seen)),
        };
        self.table.write(update).await
    }

    async fn add_alias(&self, guild: GuildId, user: UserId, alias: &str) -> Result<(), StoreError> {
        let update = Write::update(&Key::person(guild, user), "ADD aliases :aliases")
            .only_if("attribute_not_exists(aliases) OR size(aliases) < :most")
            .value(":most", number(MAX_ALIASES as u64))
            .value(":aliases", text_set([alias.to_owned()]));
        self.table.write(update).await
    }
}
