//! Ends what is known about a person.
//!
//! ```text
//! people     PERSON: erased, revision 8 ──▶ MEMORY, with the lease on it ──▶ each day
//! teaching   ── of somebody at revision 7: refused, and not tried again
//! ingest     ── a name said before: refused; read again, it is from before the erase
//! ```

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::person::if_unchanged;
use crate::{
    adapters::dynamodb::{
        attributes::number,
        keys::Key,
        leaving::unlist,
        table::{Write, condition_held},
        tables::MemoryTable,
        time::rfc_3339,
    },
    domain::{Day, GuildId, Person, UserId},
    ports::{ErasePeople, StoreError},
};

impl ErasePeople for MemoryTable {
    async fn erase_person(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        opted_out: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let erased = person.erased(opted_out, at);
        let change = "SET facts_revision = :next, erased_at = :at, opted_out = :out, opted_in = :in \
                      REMOVE facts, taught_names, aliases, #names, #name, name_seen, nick, nick_seen, names_taken_back";
        let update = Write::update(&Key::person(guild, user), change)
            .name("#names", "names")
            .name("#name", "name")
            .value(":next", number(erased.facts_revision))
            .value(":at", rfc_3339(erased.erased_at.unwrap_or(at)))
            .value(":out", AttributeValue::Bool(opted_out))
            .value(":in", AttributeValue::Bool(erased.opted_in));
        let names = person.names.iter().map(String::as_str).chain(person.called.all());
        // Two names can read the same, and then have one entry.
        let entries: HashSet<Key> = names.map(|name| Key::name(guild, name, user)).collect();
        let transaction = self.table.transaction().write(&self.table, if_unchanged(update, person));
        let transaction = entries.iter().fold(transaction, |all, entry| all.write(&self.table, Write::delete(entry)));
        transaction.write(&self.table, unlist(guild, user)).commit().await
    }

    async fn forget_memory(&self, guild: GuildId, user: UserId) -> Result<(), StoreError> {
        let keys = [Key::memory(guild, user), Key::asked(guild, user), Key::asked_for(guild, user)];
        self.table.delete_all(keys).await
    }

    async fn fence_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        let fence = Write::update(&Key::ledger(guild, day), "ADD erasures :one")
            .only_if("attribute_exists(version)")
            .value(":one", number(1_u64));
        condition_held(self.table.write_contended(fence).await).map(drop)
    }

    async fn erase_from_day(&self, guild: GuildId, day: Day, user: UserId) -> Result<bool, StoreError> {
        self.take_text_out(guild, day, user).await
    }
}
