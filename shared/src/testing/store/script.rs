//! What tests do with the store beside the ports: let it fail, put things into it, and look what is there.

use std::collections::BTreeMap;

use super::state::InMemoryStore;
use crate::{
    domain::{ChunkOutcome, Day, DaySummary, GuildId, Ledger, Memory, MessageId, Person, StoredMessage, UserId},
    ports::StoreError,
};

impl InMemoryStore {
    /// Lets the next transactions fail, or pass where there is `None`.
    pub fn script_transactions(&self, answers: impl IntoIterator<Item = Option<StoreError>>) {
        self.state().failures.transactions = answers.into_iter().collect();
    }

    /// Lets every later read of that day's record fail.
    pub fn fail_day(&self, day: Day) {
        self.state().failures.days.push(day);
    }

    /// Lets every later read of that person in a window fail.
    pub fn fail_person(&self, user: UserId) {
        self.state().failures.people.push(user);
    }

    /// Lets every later read of a day's messages fail.
    pub fn fail_messages(&self) {
        self.state().failures.messages = true;
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

    /// Lets somebody have read all messages of the days that are there, to summarize them.
    pub fn note_all_read(&self) {
        let state = &mut *self.state();
        state.read_versions.extend(state.ledgers.iter().map(|(day, ledger)| (*day, ledger.version)));
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
            ChunkOutcome::Blocked { .. } | ChunkOutcome::Split { .. } => Vec::new(),
        });
        summaries.chain(chunks).chain(state.memories.values().map(|memory| memory.text.clone())).collect()
    }
}
