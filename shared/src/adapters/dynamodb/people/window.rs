//! All that a request for memories reads, in one round.

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use jiff::Timestamp;

use super::{memory::MemoryItem, person::PersonItem};
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode},
        guild::settings::consent,
        keys::Key,
        messages::ledger::LedgerItem,
        summaries::{record::record, summary::SummaryItem},
        table::{Items, MAX_KEYS, Table, take},
        tables::MemoryTable,
        wipes::WipedItem,
    },
    domain::{Consent, Day, DayRecord, GuildId, Person, UserId},
    ports::{PersonRecord, ReadDay as _, ReadWindow, StoreError, TextsOf, Window},
};

impl ReadWindow for MemoryTable {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let of = TextsOf::People(people);
        let kept = self.kept_of(guild, days);
        let of_days = days.iter().flat_map(|day| day_keys(guild, *day)).filter(|key| !kept.contains_key(key));
        let of_people = people.iter().flat_map(|user| [Key::person(guild, *user), Key::memory(guild, *user)]);
        // Days first, so that one request has all of them.
        let of_guild = [Key::settings(guild), Key::wiped(guild)].into_iter().filter(|_| !people.is_empty());
        let keys = of_days.chain(of_guild).chain(of_people).collect::<Vec<_>>();
        let mut read = Read::of(&self.table, &keys).await;
        // Of whom anything is kept, as it was read with them: nobody is told of without knowing it.
        let consent = read.take_all(&[Key::settings(guild)]).and_then(|mut items| consent(&mut items, guild));
        let of_guild = (consent, read.wiped_at(guild));
        let people = people.iter().map(|user| (*user, read.person(guild, *user, &of_guild))).collect();
        let days: Vec<_> = days.iter().map(|day| (*day, read.take_all(&day_keys(guild, *day)))).collect();
        let records = days.into_iter().map(async |(day, items)| {
            let kept = kept.get(&Key::summary(guild, day));
            let record = async { self.record_with(guild, day, of, items?, kept).await };
            (day, record.await)
        });
        Window { days: join_all(records).await.into_iter().collect(), people }
    }
}

impl MemoryTable {
    /// The summaries that need not be read, if they are what is committed.
    fn kept_of(&self, guild: GuildId, days: &[Day]) -> HashMap<Key, Arc<SummaryItem>> {
        let Some(kept) = &self.kept else { return HashMap::new() };
        let keys = days.iter().map(|day| Key::summary(guild, *day));
        keys.filter_map(|key| Some((key.clone(), kept.get(&key)?))).collect()
    }

    /// The record of a day, of what was read: of all of it, or of the ledger alone where its summary is kept. That is read
    /// after all where another was committed since.
    async fn record_with(
        &self,
        guild: GuildId,
        day: Day,
        of: TextsOf<'_>,
        mut items: Items,
        kept: Option<&Arc<SummaryItem>>,
    ) -> Result<DayRecord, StoreError> {
        let Some(kept) = kept else { return self.day_record(guild, day, of, &mut items).await };
        let ledger: Option<LedgerItem> = take(&mut items, &Key::ledger(guild, day))?;
        let is_current = |ledger: &LedgerItem| {
            let purged_version = ledger.ledger().purged_version;
            ledger.committed().is_some_and(|attempt| kept.is_current(attempt, purged_version))
        };
        if ledger.as_ref().is_some_and(is_current) {
            return Ok(record(ledger, Some(kept.summary_of(of))));
        }
        if let Some(summaries) = &self.kept {
            summaries.forget(&Key::summary(guild, day));
        }
        self.read_day(guild, day, of).await
    }
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

    /// When the guild was wiped.
    fn wiped_at(&mut self, guild: GuildId) -> Result<Option<Timestamp>, StoreError> {
        let key = Key::wiped(guild);
        Ok(self.take(&key)?.map(|item| decode::<WipedItem>(&key, item)).transpose()?.map(WipedItem::at))
    }

    fn person(
        &mut self,
        guild: GuildId,
        user: UserId,
        (consent, wiped_at): &(Result<Consent, StoreError>, Result<Option<Timestamp>, StoreError>),
    ) -> Result<PersonRecord, StoreError> {
        let key = Key::person(guild, user);
        let person = self.take(&key)?.map(|item| decode::<PersonItem>(&key, item)).transpose()?;
        let key = Key::memory(guild, user);
        let memory = self.take(&key)?.map(|item| MemoryItem::read(&key, &item));
        Ok(PersonRecord {
            person: Person {
                consent: consent.clone()?,
                ..person.map(Person::from).unwrap_or_default().wiped(wiped_at.clone()?)
            },
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
