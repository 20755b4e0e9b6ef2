//! All that a request for memories reads, in one round.

use std::collections::HashMap;

use futures::future::join_all;

use super::{memory::MemoryItem, person::PersonItem};
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode, decode_rebuildable},
        keys::Key,
        table::{Items, MAX_KEYS, Table},
        tables::MemoryTable,
    },
    domain::{Day, DayRecord, GuildId, Person, UserId},
    ports::{PersonRecord, ReadWindow, StoreError, Window},
};

impl ReadWindow for MemoryTable {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let mut read = Read::of(&self.table, &window_keys(guild, days, people)).await;
        let people = people.iter().map(|user| (*user, read.person(guild, *user))).collect();
        let days: Vec<_> = days.iter().map(|day| (*day, read.day(guild, *day))).collect();
        let days = days.into_iter().map(|(day, items)| async move { (day, self.window_day(guild, day, items).await) });
        Window { days: join_all(days).await.into_iter().collect(), people }
    }
}

impl MemoryTable {
    async fn window_day(
        &self,
        guild: GuildId,
        day: Day,
        items: Result<Items, StoreError>,
    ) -> Result<DayRecord, StoreError> {
        self.day_record(guild, day, &mut items?).await
    }
}

/// Days first, so that one request has all of them.
fn window_keys(guild: GuildId, days: &[Day], people: &[UserId]) -> Vec<Key> {
    let days = days.iter().flat_map(|day| [Key::ledger(guild, *day), Key::summary(guild, *day)]);
    let people = people.iter().flat_map(|user| [Key::person(guild, *user), Key::memory(guild, *user)]);
    days.chain(people).collect()
}

/// Items that were read, and keys that could not be.
struct Read {
    items: Items,
    failed: HashMap<Key, StoreError>,
}

impl Read {
    /// All requests at once; one that fails takes no other with it.
    async fn of(table: &Table, keys: &[Key]) -> Self {
        let answers = join_all(keys.chunks(MAX_KEYS).map(|keys| table.batch_get(keys))).await;
        let mut read = Self { items: Items::new(), failed: HashMap::new() };
        for (keys, answer) in keys.chunks(MAX_KEYS).zip(answers) {
            match answer {
                Ok(items) => read.items.extend(items),
                Err(error) => read.failed.extend(keys.iter().map(|key| (key.clone(), error.clone()))),
            }
        }
        read
    }

    /// The items of a day that exist.
    fn day(&mut self, guild: GuildId, day: Day) -> Result<Items, StoreError> {
        let mut items = Items::new();
        for key in [Key::ledger(guild, day), Key::summary(guild, day)] {
            if let Some(item) = self.take(&key)? {
                items.insert(key, item);
            }
        }
        Ok(items)
    }

    fn person(&mut self, guild: GuildId, user: UserId) -> Result<PersonRecord, StoreError> {
        let key = Key::person(guild, user);
        let person = self.take(&key)?.map(|item| decode::<PersonItem>(&key, item)).transpose()?;
        let key = Key::memory(guild, user);
        let memory = self.take(&key)?.and_then(|item| decode_rebuildable::<MemoryItem>(&key, item));
        Ok(PersonRecord {
            person: person.map(Person::from).unwrap_or_default(),
            build: memory.as_ref().map(MemoryItem::build_state).unwrap_or_default(),
            memory: memory.and_then(MemoryItem::into_memory),
        })
    }

    fn take(&mut self, key: &Key) -> Result<Option<Attributes>, StoreError> {
        match self.failed.remove(key) {
            Some(error) => Err(error),
            None => Ok(self.items.remove(key)),
        }
    }
}
