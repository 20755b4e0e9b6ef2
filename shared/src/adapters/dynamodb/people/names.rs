//! The names people are seen under. A name is noted in the person and among the names of the guild, or in neither: nobody is
//! found by a name they cannot drop.
//!
//! ```text
//! ingest     read: "Ann" ────────────────────▶ SET "Zoe", put zoe ──▶ refused, if the person is not as it was read: again
//! people                 drop "Ann" ──▶ done
//! ```

use serde::Serialize;

use super::person::if_unchanged;
use crate::{
    adapters::dynamodb::{
        attributes::{encode, key_of, text, text_set},
        keys::{self, Key},
        table::{Query, Write},
        tables::MemoryTable,
    },
    domain::{GuildId, MAX_NAMES, MessageId, Person, UserId, is_same_name},
    ports::{FindByName, ReadPeople as _, RecordNames, StoreError},
};

/// How often a name is noted anew because somebody else changed the same person meanwhile.
const MAX_ATTEMPTS: u32 = 10;

impl RecordNames for MemoryTable {
    async fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> Result<(), StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let person = self.people(guild, &[user]).await?.remove(&user).unwrap_or_default();
            if person.last_name.as_ref().is_some_and(|(_, last_seen)| *last_seen >= seen_in) {
                return Ok(());
            }
            match self.note_name(guild, user, &person, name, seen_in).await {
                Err(StoreError::Conflict) => {}
                noted => return noted,
            }
        }
        Err(StoreError::Throttled)
    }
}

impl FindByName for MemoryTable {
    async fn seen_as(&self, guild: GuildId, name: &str) -> Result<Vec<UserId>, StoreError> {
        let query = Query::of(keys::names_partition(guild)).beginning_with(keys::name_prefix(name)).only("pk, sk");
        let bearers = self.table.query(query, |item| Ok(key_of(&item)?.bearer())).await?;
        Ok(bearers.into_iter().flatten().collect())
    }
}

/// All that it says is in its key.
#[derive(Serialize)]
struct NameItem {}

impl MemoryTable {
    /// Makes the name the current one of `person`. The one before is not found any more, unless it is kept.
    async fn note_name(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        name: &str,
        seen_in: MessageId,
    ) -> Result<(), StoreError> {
        let update = if_unchanged(set_name(&Key::person(guild, user), person, name, seen_in), person);
        let entry = Write::put(encode(&Key::name(guild, name, user), NameItem {})?);
        let transaction = self.table.transaction().write(&self.table, update).write(&self.table, entry);
        let before = person.name().filter(|before| !person.keeps_name(before) && !is_same_name(before, name));
        let transaction = match before {
            None => transaction,
            Some(before) => transaction.write(&self.table, Write::delete(&Key::name(guild, before, user))),
        };
        transaction.commit().await
    }
}

/// The name as the current one, and among those that are kept, unless there are enough.
fn set_name(key: &Key, person: &Person, name: &str, seen_in: MessageId) -> Write {
    const SET: &str = "SET #name = :name, name_seen = :seen_in";
    let update = match person.names.len() {
        0..MAX_NAMES => Write::update(key, &format!("{SET} ADD #names :names"))
            .name("#names", "names")
            .value(":names", text_set([name.to_owned()])),
        _ => Write::update(key, SET),
    };
    update.name("#name", "name").value(":name", text(name)).value(":seen_in", text(keys::padded(seen_in)))
}
