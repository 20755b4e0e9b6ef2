//! What people teach about each other, replaced as a whole; and names that are dropped.

use super::person::{aliases_attribute, facts_attribute, if_taught_nothing_since, if_unchanged};
use crate::{
    adapters::dynamodb::{
        attributes::{number, text_set},
        keys::Key,
        leaving::list,
        table::Write,
        tables::MemoryTable,
    },
    domain::{GuildId, Person, UserId},
    ports::{StoreError, TeachPeople},
};

impl TeachPeople for MemoryTable {
    async fn replace_taught(&self, guild: GuildId, user: UserId, person: &Person) -> Result<(), StoreError> {
        let change = "SET facts = :facts, taught_names = :names, names_taken_back = :taken_back, facts_revision = :next \
                      REMOVE aliases";
        let update = Write::update(&Key::person(guild, user), change)
            .value(":facts", facts_attribute(&person.facts)?)
            .value(":names", aliases_attribute(&person.aliases)?)
            .value(":taken_back", number(person.names_taken_back))
            .value(":next", number(person.facts_revision + 1));
        let update = if_taught_nothing_since(update, person);
        self.table.transaction().write(&self.table, update).write(&self.table, list(guild, user)).commit().await
    }

    async fn drop_name(&self, guild: GuildId, user: UserId, person: &Person, name: &str) -> Result<(), StoreError> {
        let change = "DELETE #names :names ADD facts_revision :one, names_taken_back :one";
        let update = Write::update(&Key::person(guild, user), change).name("#names", "names");
        let update = update.value(":names", text_set([name.to_owned()])).value(":one", number(1_u64));
        let transaction = self.table.transaction().write(&self.table, if_unchanged(update, person));
        // The entry stands for all names that are the same to who reads them.
        match person.without_name(name).was_seen_as(name) {
            true => transaction.commit().await,
            false => transaction.write(&self.table, Write::delete(&Key::name(guild, name, user))).commit().await,
        }
    }
}
