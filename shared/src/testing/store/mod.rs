//! A store in memory. It passes the contract tests that DynamoDB passes (`tests/store_contract.rs`), and fails on request.

mod guild;
mod messages;
mod models;
mod people;
mod summaries;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{
    domain::{
        Allowance, AttemptId, ChannelId, ChunkOutcome, Cursor, Day, DayRecord, DaySummary, Fact, FactId, FailedAttempt,
        GuildId, GuildSettings, InteractionId, KeptChunk, Lease, Ledger, MAX_ALIASES, MAX_NAMES, Making, Memory,
        MessageId, Person, StoredMessage, UserId, batch::Change,
    },
    ports::{
        ChannelsOfDay, ClaimInteractions, CommitDaySummary, CommitMemory, CoolModels, DayChange, HoldLeases,
        KeepChunks, KeepCursors, LeaseOn, PersonRecord, PurgeDay, ReadChannelsOfDay, ReadDay, ReadMessages, ReadPeople,
        ReadSettings, ReadWindow, RecordNames, SpendBudget, Spending, StoreError, StoredDay, TeachPeople, Window,
        WriteMessages, WriteSettings,
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
    day_people: BTreeMap<(GuildId, Day), BTreeSet<UserId>>,
    day_making: BTreeMap<(GuildId, Day), Making>,
    memory_making: BTreeMap<(GuildId, UserId), Making>,
    cooldowns: BTreeMap<String, jiff::Timestamp>,
    /// With the version of the ledger they were read at.
    chunks: BTreeMap<(GuildId, Day, String), (KeptChunk, u64)>,
    /// Requests and tokens, by model and period.
    spent: BTreeMap<(String, String), (i64, i64)>,
    settings: BTreeMap<GuildId, GuildSettings>,
    cursors: BTreeMap<(GuildId, ChannelId), Cursor>,
    claims: BTreeMap<InteractionId, jiff::Timestamp>,
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

    /// The texts of all summaries, chunks and memories.
    pub fn everything_made(&self) -> Vec<String> {
        let state = self.state();
        let summaries = state.summaries.values().flat_map(|summary| summary.texts.values().cloned());
        let chunks = state.chunks.values().flat_map(|(chunk, _)| match &chunk.outcome {
            ChunkOutcome::Summarized { texts, .. } => texts.values().cloned().collect(),
            ChunkOutcome::Blocked { .. } | ChunkOutcome::Halved { .. } => Vec::new(),
        });
        summaries.chain(chunks).chain(state.memories.values().map(|memory| memory.text.clone())).collect()
    }

    /// Lets a person be known.
    pub fn put_person(&self, guild: GuildId, user: UserId, person: Person) {
        self.state().people.insert((guild, user), person);
    }

    /// Lets a guild-day have that summary, whoever has its lease.
    pub fn put_summary(&self, guild: GuildId, day: Day, summary: DaySummary) {
        self.state().summaries.insert((guild, day), summary);
    }

    /// Lets a person have that merged memory.
    pub fn put_memory(&self, guild: GuildId, user: UserId, memory: Memory) {
        self.state().memories.insert((guild, user), memory);
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
        Ok(DayRecord {
            ledger: self.ledgers.get(&key).copied(),
            summary: self.summaries.get(&key).cloned(),
            making: self.day_making.get(&key).cloned().unwrap_or_default(),
        })
    }

    fn person(&self, guild: GuildId, user: UserId) -> Result<PersonRecord, StoreError> {
        if self.unreadable_people.contains(&user) {
            return Err(unavailable());
        }
        let key = (guild, user);
        Ok(PersonRecord {
            person: self.people.get(&key).cloned().unwrap_or_default(),
            memory: self.memories.get(&key).cloned(),
            making: self.memory_making.get(&key).cloned().unwrap_or_default(),
        })
    }

    fn add_spent(&mut self, model: &str, allowance: &Allowance, requests: i64, tokens: i64) {
        let spent = self.spent.entry((model.to_owned(), allowance.period.clone())).or_default();
        *spent = (spent.0 + requests, spent.1 + tokens);
    }

    fn purged_version(&self, guild: GuildId, day: Day) -> u64 {
        self.ledgers.get(&(guild, day)).map_or(0, |ledger| ledger.purged_version)
    }

    fn making(&mut self, guild: GuildId, on: &LeaseOn) -> &mut Making {
        match on {
            LeaseOn::Day(day) => self.day_making.entry((guild, *day)).or_default(),
            LeaseOn::Memory(user, _) => self.memory_making.entry((guild, *user)).or_default(),
        }
    }

    /// Whether what the lease would be for is there, or nothing is there to make it from.
    fn is_there(&self, guild: GuildId, on: &LeaseOn, now: jiff::Timestamp) -> bool {
        match on {
            LeaseOn::Day(day) => !self.ledgers.contains_key(&(guild, *day)),
            LeaseOn::Memory(user, hash) => {
                self.memories.get(&(guild, *user)).is_some_and(|memory| memory.answers(hash, now))
            }
        }
    }

    fn apply(&mut self, guild: GuildId, change: &Change, expires_at: jiff::Timestamp) {
        let message = match change {
            Change::Store(message) | Change::Update(message) => Some(message.clone()),
            Change::Delete(_) | Change::Bury(_) => None,
        };
        self.messages.insert((guild, change.id()), StoredMessage { message, expires_at });
    }
}
