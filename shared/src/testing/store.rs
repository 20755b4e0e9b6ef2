//! A store in memory. It passes the contract tests that DynamoDB passes (`tests/store_contract.rs`), and fails on request.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{
    domain::{
        Day, DayRecord, DaySummary, Fact, FactId, GuildId, Ledger, Memory, MessageId, Person, StoredMessage, UserId,
        ingest::Change,
    },
    ports::{
        CommitDaySummary, DayChange, PersonRecord, ReadDay, ReadMessages, ReadPeople, ReadWindow, RecordNames,
        SaveMemory, StoreError, StoredDay, TeachPeople, Window, WriteMessages,
    },
};

/// A store in memory. Clones share their contents.
#[derive(Clone, Default)]
pub struct InMemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    messages: BTreeMap<(GuildId, MessageId), StoredMessage>,
    ledgers: BTreeMap<(GuildId, Day), Ledger>,
    summaries: BTreeMap<(GuildId, Day), DaySummary>,
    people: BTreeMap<(GuildId, UserId), Person>,
    memories: BTreeMap<(GuildId, UserId), Memory>,
    /// What the next transactions answer, before they touch anything.
    transaction_failures: VecDeque<Option<StoreError>>,
    unreadable_days: Vec<Day>,
    unreadable_people: Vec<UserId>,
    unreadable_messages: bool,
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { reason: "by request of a test".to_owned() }
}

impl InMemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics inside the store")
    }

    /// Lets the next transactions fail, or pass where there is `None`.
    pub fn script_transactions(&self, answers: impl IntoIterator<Item = Option<StoreError>>) {
        self.state().transaction_failures = answers.into_iter().collect();
    }

    /// Lets every later read of that day's record fail.
    pub fn fail_day(&self, day: Day) {
        self.state().unreadable_days.push(day);
    }

    /// Lets every later read of that person in a window fail.
    pub fn fail_person(&self, user: UserId) {
        self.state().unreadable_people.push(user);
    }

    /// Lets every later read of a day's messages fail.
    pub fn fail_messages(&self) {
        self.state().unreadable_messages = true;
    }

    /// Forgets one message, as a TTL sweep would.
    pub fn sweep(&self, guild: GuildId, id: MessageId) {
        self.state().messages.remove(&(guild, id));
    }

    /// The ledgers of all guild-days.
    pub fn ledgers(&self) -> BTreeMap<(GuildId, Day), Ledger> {
        self.state().ledgers.clone()
    }

    /// Everything stored about messages.
    pub fn stored_messages(&self) -> BTreeMap<(GuildId, MessageId), StoredMessage> {
        self.state().messages.clone()
    }

    /// A person's merged memory.
    pub fn memory(&self, guild: GuildId, user: UserId) -> Option<Memory> {
        self.state().memories.get(&(guild, user)).cloned()
    }

    /// Lets a person be known.
    pub fn put_person(&self, guild: GuildId, user: UserId, person: Person) {
        self.state().people.insert((guild, user), person);
    }

    /// Lets a guild-day have that ledger.
    pub fn put_ledger(&self, guild: GuildId, day: Day, ledger: Ledger) {
        self.state().ledgers.insert((guild, day), ledger);
    }
}

impl State {
    fn day(&self, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
        if self.unreadable_days.contains(&day) {
            return Err(unavailable());
        }
        let key = (guild, day);
        Ok(DayRecord { ledger: self.ledgers.get(&key).copied(), summary: self.summaries.get(&key).cloned() })
    }

    fn person(&self, guild: GuildId, user: UserId) -> Result<PersonRecord, StoreError> {
        if self.unreadable_people.contains(&user) {
            return Err(unavailable());
        }
        let key = (guild, user);
        Ok(PersonRecord {
            person: self.people.get(&key).cloned().unwrap_or_default(),
            memory: self.memories.get(&key).cloned(),
        })
    }

    fn apply(&mut self, guild: GuildId, change: &Change, expires_at: jiff::Timestamp) {
        let message = match change {
            Change::Store(message) | Change::Update(message) => Some(message.clone()),
            Change::Delete(_) | Change::Bury(_) => None,
        };
        self.messages.insert((guild, change.id()), StoredMessage { message, expires_at });
    }
}

impl ReadDay for InMemoryStore {
    async fn read_day(&self, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
        self.state().day(guild, day)
    }
}

impl ReadMessages for InMemoryStore {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let state = self.state();
        if state.unreadable_messages {
            return Err(unavailable());
        }
        let of_day = state.messages.iter().filter(|((of, id), _)| *of == guild && id.day() == day);
        Ok(of_day.map(|(_, stored)| stored.clone()).filter(|stored| stored.message.is_some()).collect())
    }
}

impl CommitDaySummary for InMemoryStore {
    async fn commit_summary(&self, guild: GuildId, day: Day, summary: &DaySummary) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.summaries.get(&(guild, day)).is_some_and(|there| there.version > summary.version) {
            return Err(StoreError::Conflict);
        }
        state.summaries.insert((guild, day), summary.clone());
        Ok(())
    }
}

impl WriteMessages for InMemoryStore {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let state = self.state();
        let stored = ids.iter().filter_map(|id| Some((*id, state.messages.get(&(guild, *id))?.clone())));
        Ok(StoredDay { ledger: state.ledgers.get(&(guild, day)).copied(), messages: stored.collect() })
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(Some(failure)) = state.transaction_failures.pop_front() {
            return Err(failure);
        }
        let is_there = |id| state.messages.get(&(guild, id)).is_some_and(|there| !there.is_expired(change.now));
        let mut added = change.changes.iter().filter(|one| matches!(one, Change::Store(_) | Change::Bury(_)));
        let version = |ledger: Option<&Ledger>| ledger.map(|ledger| ledger.version);
        let ledger_moved =
            change.next.is_some() && version(state.ledgers.get(&(guild, day))) != version(change.seen.as_ref());
        if ledger_moved || added.any(|one| is_there(one.id())) {
            return Err(StoreError::Conflict);
        }
        for one in change.changes {
            let kept = change.stored.get(&one.id()).map(|stored| stored.expires_at);
            state.apply(guild, one, kept.unwrap_or(change.expires_at));
        }
        if let Some(next) = change.next {
            state.ledgers.insert((guild, day), next);
        }
        Ok(())
    }
}

impl ReadWindow for InMemoryStore {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let state = self.state();
        Window {
            days: days.iter().map(|day| (*day, state.day(guild, *day))).collect(),
            people: people.iter().map(|user| (*user, state.person(guild, *user))).collect(),
        }
    }
}

impl SaveMemory for InMemoryStore {
    async fn save_memory(&self, guild: GuildId, user: UserId, memory: &Memory) -> Result<(), StoreError> {
        self.state().memories.insert((guild, user), memory.clone());
        Ok(())
    }
}

impl ReadPeople for InMemoryStore {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        let state = self.state();
        let person = |user: &UserId| state.people.get(&(guild, *user)).cloned().unwrap_or_default();
        Ok(users.iter().map(|user| (*user, person(user))).collect())
    }
}

impl RecordNames for InMemoryStore {
    async fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let person = state.people.entry((guild, user)).or_default();
        if person.last_name.as_ref().is_none_or(|(_, last_seen)| *last_seen < seen_in) {
            person.last_name = Some((name.to_owned(), seen_in));
            person.names.insert(name.to_owned());
        }
        Ok(())
    }
}

impl TeachPeople for InMemoryStore {
    async fn replace_facts(
        &self,
        guild: GuildId,
        user: UserId,
        facts: &BTreeMap<FactId, Fact>,
        seen_revision: u64,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let person = state.people.entry((guild, user)).or_default();
        if person.facts_revision != seen_revision {
            return Err(StoreError::Conflict);
        }
        person.facts = facts.clone();
        person.facts_revision += 1;
        Ok(())
    }

    async fn add_alias(&self, guild: GuildId, user: UserId, alias: &str) -> Result<(), StoreError> {
        self.state().people.entry((guild, user)).or_default().aliases.insert(alias.to_owned());
        Ok(())
    }
}
