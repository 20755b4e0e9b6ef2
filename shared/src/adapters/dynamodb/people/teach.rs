//! What people teach about each other, replaced as a whole; and names that are dropped.

use super::person::{aliases_attribute, facts_attribute};
use crate::{
    adapters::dynamodb::{
        attributes::{number, text_set},
        keys::Key,
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
        let update = match person.facts_revision {
            0 => update.only_if("attribute_not_exists(facts_revision)"),
            seen => update.only_if("facts_revision = :seen").value(":seen", number(seen)),
        };
        self.table.write(update).await
    }

    /// Who looks for a name finds nobody first: what is left after a failure is in the list that names are dropped from.
    async fn drop_name(&self, guild: GuildId, user: UserId, name: &str) -> Result<(), StoreError> {
        self.table.write(Write::delete(&Key::name(guild, name, user))).await?;
        let change = "DELETE #names :names ADD facts_revision :one, names_taken_back :one";
        let update = Write::update(&Key::person(guild, user), change).name("#names", "names");
        let update = update.value(":names", text_set([name.to_owned()])).value(":one", number(1_u64));
        self.table.write(update).await
    }
}
