//! The names people are seen under.

use crate::{
    adapters::dynamodb::{
        attributes::{key_of, number, text, text_set},
        keys::{self, Key},
        table::{Query, Write, condition_held},
        tables::MemoryTable,
    },
    domain::{GuildId, MAX_NAMES, MessageId, UserId},
    ports::{FindByName, RecordNames, StoreError},
};

const IS_LATER: &str = "(attribute_not_exists(name_seen) OR name_seen < :seen)";
const HAS_ROOM: &str = "(attribute_not_exists(#names) OR size(#names) < :most)";

impl RecordNames for MemoryTable {
    async fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> Result<(), StoreError> {
        // First, so that nobody is known by a name and not found by it.
        self.table.write(Write::put(Key::name(guild, name, user).attributes())).await?;
        let key = Key::person(guild, user);
        if condition_held(self.table.write(set_and_add_name(&key, name, seen_in)).await)? {
            return Ok(());
        }
        // Enough names are kept already, or somebody else saw a later one.
        condition_held(self.table.write(set_name(&key, name, seen_in)).await).map(drop)
    }
}

impl FindByName for MemoryTable {
    async fn seen_as(&self, guild: GuildId, name: &str) -> Result<Vec<UserId>, StoreError> {
        let query = Query::of(keys::names_partition(guild)).beginning_with(keys::name_prefix(name)).only("pk, sk");
        let bearers = self.table.query(query, |item| Ok(key_of(&item)?.bearer())).await?;
        Ok(bearers.into_iter().flatten().collect())
    }
}

/// Makes the name the current one, unless a later one is known, and adds it to those that are kept, unless there are enough.
fn set_and_add_name(key: &Key, name: &str, seen_in: MessageId) -> Write {
    current_name(key, "SET #name = :name, name_seen = :seen ADD #names :names", name, seen_in)
        .only_if(format!("{IS_LATER} AND {HAS_ROOM}"))
        .name("#names", "names")
        .value(":names", text_set([name.to_owned()]))
        .value(":most", number(MAX_NAMES as u64))
}

/// Makes the name the current one, unless a later one is known.
fn set_name(key: &Key, name: &str, seen_in: MessageId) -> Write {
    current_name(key, "SET #name = :name, name_seen = :seen", name, seen_in).only_if(IS_LATER)
}

fn current_name(key: &Key, expression: &str, name: &str, seen_in: MessageId) -> Write {
    Write::update(key, expression)
        .name("#name", "name")
        .value(":name", text(name))
        .value(":seen", text(keys::padded(seen_in)))
}
