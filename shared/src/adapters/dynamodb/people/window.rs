//! All that a request for memories reads, in one round.

use std::collections::HashMap;

use futures::future::join_all;

use super::{memory::MemoryItem, person::PersonItem};
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode},
        keys::Key,
        table::{Items, MAX_KEYS, Table},
        tables::MemoryTable,
    },
    domain::{Day, GuildId, Person, UserId},
    ports::{PersonRecord, ReadWindow, StoreError, TextsOf, Window},
};

impl ReadWindow for MemoryTable {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let of = TextsOf::People(people);
        let mut read = Read::of(&self.table, &window_keys(guild, days, people)).await;
        let people = people.iter().map(|user| (*user, read.person(guild, *user))).collect();
        let days: Vec<_> = days.iter().map(|day| (*day, read.take_all(&day_keys(guild, *day)))).collect();
        let records = days.into_iter().map(async |(day, items)| {
            let record = async { self.day_record(guild, day, of, &mut items?).await };
            (day, record.await)
        });
        Window { days: join_all(records).await.into_iter().collect(), people }
    }
}

/// Days first, so that one request has all of them.
fn window_keys(guild: GuildId, days: &[Day], people: &[UserId]) -> Vec<Key> {
    let people = people.iter().flat_map(|user| [Key::person(guild, *user), Key::memory(guild, *user)]);
    days.iter().flat_map(|day| day_keys(guild, *day)).chain(people).collect()
}

fn day_keys(guild: GuildId, day: Day) -> [Key; 2] {
    [Key::ledger(guild, day), Key::summary(guild, day)]
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

    /// Those of the items that exist.
    fn take_all(&mut self, keys: &[Key]) -> Result<Items, StoreError> {
        let mut items = Items::new();
        for key in keys {
            if let Some(item) = self.take(key)? {
                items.insert(key.clone(), item);
            }
        }
        Ok(items)
    }

    fn person(&mut self, guild: GuildId, user: UserId) -> Result<PersonRecord, StoreError> {
        let key = Key::person(guild, user);
        let person = self.take(&key)?.map(|item| decode::<PersonItem>(&key, item)).transpose()?;
        let key = Key::memory(guild, user);
        let memory = self.take(&key)?.map(|item| MemoryItem::read(&key, &item));
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
