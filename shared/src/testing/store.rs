//! A store in memory. It passes the contract tests that DynamoDB passes (`tests/store_contract.rs`), and fails on request.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{
    domain::{
        AttemptId, ChannelId, Cursor, Day, DayRecord, DaySummary, Fact, FactId, FailedAttempt, GuildId, GuildSettings,
        InteractionId, Lease, Ledger, MAX_ALIASES, MAX_NAMES, Making, Memory, MessageId, Person, StoredMessage, UserId,
        ingest::Change,
    },
    ports::{
        ChannelsOfDay, ClaimInteractions, CommitDaySummary, CommitMemory, CoolModels, DayChange, HoldLeases,
        KeepCursors, LeaseOn, PersonRecord, PurgeDay, ReadChannelsOfDay, ReadDay, ReadMessages, ReadPeople,
        ReadSettings, ReadWindow, RecordNames, StoreError, StoredDay, TeachPeople, Window, WriteMessages,
        WriteSettings,
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

    /// The texts of all summaries and memories.
    pub fn everything_made(&self) -> Vec<String> {
        let state = self.state();
        let summaries = state.summaries.values().flat_map(|summary| summary.texts.values().cloned());
        summaries.chain(state.memories.values().map(|memory| memory.text.clone())).collect()
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
    async fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let purged_version = state.purged_version(guild, day);
        let making = state.day_making.entry((guild, day)).or_default();
        if !making.belongs_to(attempt) || summary.version < purged_version {
            return Err(StoreError::Conflict);
        }
        making.lease = None;
        state.day_people.entry((guild, day)).or_default().extend(summary.texts.keys());
        state.summaries.insert((guild, day), summary.clone());
        Ok(())
    }

    async fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<jiff::Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let there = state.summaries.get_mut(&(guild, day)).filter(|there| there.built_at == seen.built_at);
        there.ok_or(StoreError::Conflict)?.expires_at = expires_at;
        Ok(())
    }
}

impl HoldLeases for InMemoryStore {
    async fn acquire(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        lease: &Lease,
        now: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let there = state.is_there(guild, on, now);
        let making = state.making(guild, on);
        if there || making.is_under_way(now) {
            return Ok(false);
        }
        making.lease = Some(lease.clone());
        Ok(true)
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        let mut state = self.state();
        let making = state.making(guild, on);
        if !making.belongs_to(&lease.owner) {
            return Err(StoreError::Conflict);
        }
        making.lease = Some(lease.clone());
        Ok(())
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        attempt: &AttemptId,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let making = state.making(guild, on);
        if making.belongs_to(attempt) {
            making.lease = None;
            making.last_failure = failure.cloned().or(making.last_failure.take());
        }
        Ok(())
    }
}

impl PurgeDay for InMemoryStore {
    async fn purge_day(&self, guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        let people = state.day_people.get(&(guild, day)).cloned().unwrap_or_default();
        for user in people {
            let holds_words =
                |memory: &Memory| memory.day_versions.get(&day).is_some_and(|used| *used < purged_version);
            if state.memories.get(&(guild, user)).is_some_and(holds_words) {
                state.memories.remove(&(guild, user));
            }
        }
        if state.summaries.get(&(guild, day)).is_some_and(|summary| summary.version < purged_version) {
            state.summaries.remove(&(guild, day));
        }
        Ok(())
    }
}

impl CoolModels for InMemoryStore {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, jiff::Timestamp>, StoreError> {
        let state = self.state();
        Ok(models.iter().filter_map(|model| Some((model.clone(), *state.cooldowns.get(model)?))).collect())
    }

    async fn cool_down(&self, model: &str, until: jiff::Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let end = state.cooldowns.entry(model.to_owned()).or_insert(until);
        *end = until.max(*end);
        Ok(())
    }
}

impl ClaimInteractions for InMemoryStore {
    async fn claim(
        &self,
        interaction: InteractionId,
        now: jiff::Timestamp,
        expires_at: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let is_new = state.claims.get(&interaction).is_none_or(|end| *end <= now);
        if is_new {
            state.claims.insert(interaction, expires_at);
        }
        Ok(is_new)
    }
}

impl ReadChannelsOfDay for InMemoryStore {
    async fn channels_of_day(&self, guild: GuildId, day: Day) -> Result<ChannelsOfDay, StoreError> {
        let messages = self.messages_of_day(guild, day).await?;
        let channels = messages.iter().filter_map(|stored| Some(stored.message.as_ref()?.channel)).collect();
        Ok(ChannelsOfDay { channels, messages: messages.len() as u64 })
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
            let known = change.stored.get(&one.id()).filter(|_| matches!(one, Change::Update(_)));
            state.apply(guild, one, known.map_or(change.expires_at, |stored| stored.expires_at));
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

impl CommitMemory for InMemoryStore {
    async fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        attempt: &AttemptId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let purged = memory.day_versions.iter().any(|(day, used)| *used < state.purged_version(guild, *day));
        let making = state.memory_making.entry((guild, user)).or_default();
        if purged || !making.belongs_to(attempt) {
            return Err(StoreError::Conflict);
        }
        *making = Making::default();
        state.memories.insert((guild, user), memory.clone());
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
            if person.names.len() < MAX_NAMES {
                person.names.insert(name.to_owned());
            }
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
        let mut state = self.state();
        let aliases = &mut state.people.entry((guild, user)).or_default().aliases;
        if aliases.len() >= MAX_ALIASES {
            return Err(StoreError::Conflict);
        }
        aliases.insert(alias.to_owned());
        Ok(())
    }
}

impl ReadSettings for InMemoryStore {
    async fn settings(&self, guild: GuildId) -> Result<GuildSettings, StoreError> {
        Ok(self.state().settings.get(&guild).cloned().unwrap_or_default())
    }
}

impl WriteSettings for InMemoryStore {
    async fn replace_settings(&self, guild: GuildId, settings: &GuildSettings) -> Result<(), StoreError> {
        let mut state = self.state();
        let there = state.settings.entry(guild).or_default();
        if there.revision != settings.revision {
            return Err(StoreError::Conflict);
        }
        *there = GuildSettings { revision: settings.revision + 1, ..settings.clone() };
        Ok(())
    }
}

impl KeepCursors for InMemoryStore {
    async fn cursors(&self, guild: GuildId) -> Result<BTreeMap<ChannelId, Cursor>, StoreError> {
        let state = self.state();
        let of_guild = state.cursors.iter().filter(|((of, _), _)| *of == guild);
        Ok(of_guild.map(|((_, channel), cursor)| (*channel, cursor.clone())).collect())
    }

    async fn keep_cursor(&self, guild: GuildId, channel: ChannelId, cursor: &Cursor) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.cursors.get(&(guild, channel)).is_none_or(|there| there.after <= cursor.after) {
            state.cursors.insert((guild, channel), cursor.clone());
        }
        Ok(())
    }

    async fn forget_cursor(&self, guild: GuildId, channel: ChannelId) -> Result<(), StoreError> {
        self.state().cursors.remove(&(guild, channel));
        Ok(())
    }
}
