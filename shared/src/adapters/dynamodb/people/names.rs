//! The names people are seen under. A name is noted in the person and among the names of the guild, or in neither: nobody is
//! found by a name they cannot drop.
//!
//! ```text
//! ingest     read: "Ann" ────────────────────▶ SET "Zoe", put zoe ──▶ refused, if the person is not as it was read: again
//! people                 drop "Ann" ──▶ done
//! ```

use std::collections::HashSet;

use serde::Serialize;

use super::person::if_unchanged;
use crate::{
    adapters::dynamodb::{
        attributes::{encode, key_of, text, text_set},
        keys::{self, Key},
        leaving::list,
        table::{Query, Write},
        tables::MemoryTable,
    },
    domain::{GuildId, KnownNames, Person, Said, UserId},
    ports::{FindByName, ReadPeople as _, RecordNames, StoreError, WipeGuilds as _},
};

/// How often a name is noted anew because somebody else changed the same person meanwhile.
const MAX_ATTEMPTS: u32 = 10;

impl RecordNames for MemoryTable {
    async fn record_names(&self, guild: GuildId, user: UserId, said: &KnownNames) -> Result<(), StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let person = self.people(guild, &[user]).await?.remove(&user).unwrap_or_default();
            let news = person.news(said);
            if news == KnownNames::default() {
                return Ok(());
            }
            match self.note_names(guild, user, &person, &news).await {
                Err(StoreError::Conflict) => {}
                Ok(()) => return self.take_back_if_wiped(guild, user, &person).await,
                Err(error) => return Err(error),
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
    /// A wipe of the guild finds nobody of whom nothing is known yet: so whoever notes them first looks once more.
    async fn take_back_if_wiped(&self, guild: GuildId, user: UserId, as_read: &Person) -> Result<(), StoreError> {
        let person = self.people(guild, &[user]).await?.remove(&user).unwrap_or_default();
        match person.erased_at {
            Some(at) if as_read.erased_at < Some(at) && person.is_only_named_before() => {
                self.wipe_person(guild, user, at).await
            }
            _ => Ok(()),
        }
    }

    /// Notes what is new of the names of `person`. By a name that they do not have any more they are not found, unless it is
    /// kept.
    async fn note_names(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        news: &KnownNames,
    ) -> Result<(), StoreError> {
        let next = person.after(news);
        let key = |name: &str| Key::name(guild, name, user);
        // Two names can read the same, and then have one entry.
        let had: HashSet<Key> = person.called.all().filter(|name| !next.was_seen_as(name)).map(key).collect();
        let has: HashSet<Key> = news.all().map(key).collect();
        let update = if_unchanged(set_names(&Key::person(guild, user), person, &next, news), person);
        let mut transaction = self.table.transaction().write(&self.table, update).write(&self.table, list(guild, user));
        for name in &has {
            transaction = transaction.write(&self.table, Write::put(encode(name, NameItem {})?));
        }
        for name in &had {
            transaction = transaction.write(&self.table, Write::delete(name));
        }
        transaction.commit().await
    }
}

/// The names they have, and those that are kept from now on.
fn set_names(key: &Key, person: &Person, next: &Person, news: &KnownNames) -> Write {
    let (mut set, mut remove, mut values) = (Vec::new(), "", Vec::new());
    if let Some(Said { what, at }) = &news.account {
        set.push("#name = :name, name_seen = :name_seen");
        values.extend([(":name", text(what)), (":name_seen", text(keys::padded(*at)))]);
    }
    if let Some(Said { what, at }) = &news.nick {
        set.push("nick_seen = :nick_seen");
        values.push((":nick_seen", text(keys::padded(*at))));
        match what {
            None => remove = " REMOVE nick",
            Some(nick) => {
                set.push("nick = :nick");
                values.push((":nick", text(nick)));
            }
        }
    }
    let kept: Vec<String> = next.names.difference(&person.names).cloned().collect();
    let add = if kept.is_empty() { "" } else { " ADD #names :names" };
    let mut update = Write::update(key, &format!("SET {}{remove}{add}", set.join(", ")));
    if news.account.is_some() {
        update = update.name("#name", "name");
    }
    if !kept.is_empty() {
        update = update.name("#names", "names").value(":names", text_set(kept));
    }
    values.into_iter().fold(update, |update, (placeholder, value)| update.value(placeholder, value))
}
