//! All that a request for memories reads, in one round, and the merged memories it keeps:
//!
//! ```text
//! caller     read the window: day v5 ──▶ acquire the lease ──▶ model ──▶ put MEMORY (day v5), if the lease is mine
//!                                                                        and of each day used purged_version <= v5
//! ingest                                  a deletion: purged_version 6 ──▶ refused: its words are not kept
//! ```

use std::collections::{BTreeMap, HashMap};

use futures::future::join_all;

use super::{memory::MemoryItem, person::PersonItem};
use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::{Attributes, decode},
    keys::Key,
    table::batch_get::{Items, MAX_KEYS, batch_get},
};
use crate::{
    domain::{Day, DayRecord, GuildId, Person, UserId},
    ports::{PersonRecord, ReadWindow, StoreError, Window},
};

impl ReadWindow for MemoryTable {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let mut read = self.read_keys(&window_keys(guild, days, people)).await;
        let people = people.iter().map(|user| (*user, read.person(guild, *user))).collect();
        let days = join_all(days.iter().map(|day| {
            let items = read.day(guild, *day);
            async move {
                match items {
                    Ok(mut items) => (*day, self.day_record(guild, *day, &mut items).await),
                    Err(error) => (*day, Err(error)),
                }
            }
        }));
        Window { days: days.await.into_iter().collect::<BTreeMap<Day, Result<DayRecord, StoreError>>>(), people }
    }
}

impl ReadWindow for MessagesTable {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        self.memory.read_window(guild, days, people).await
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

impl MemoryTable {
    /// All requests at once; one that fails takes no other with it.
    async fn read_keys(&self, keys: &[Key]) -> Read {
        let requests = keys.chunks(MAX_KEYS).map(|keys| batch_get(&self.client, &self.table, keys.to_vec()));
        let answers = join_all(requests).await;
        let mut read = Read { items: Items::new(), failed: HashMap::new() };
        for (keys, answer) in keys.chunks(MAX_KEYS).zip(answers) {
            match answer {
                Ok(items) => read.items.extend(items),
                Err(error) => read.failed.extend(keys.iter().map(|key| (key.clone(), error.clone()))),
            }
        }
        read
    }
}

impl Read {
    fn take(&mut self, key: &Key) -> Result<Option<Attributes>, StoreError> {
        match self.failed.remove(key) {
            Some(error) => Err(error),
            None => Ok(self.items.remove(key)),
        }
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
        // A memory can be merged again: one that cannot be read is as good as none.
        let memory = self.take(&key)?.map(|item| decode::<MemoryItem>(&key, item)).transpose();
        let memory = memory.inspect_err(|_| tracing::warn!(event = "item_unreadable", item = %key)).unwrap_or_default();
        Ok(PersonRecord {
            person: person.map(Person::from).unwrap_or_default(),
            making: memory.as_ref().map(MemoryItem::making).unwrap_or_default(),
            memory: memory.and_then(MemoryItem::into_memory),
        })
    }
}
