//! What tests do with the store beside the ports: let it fail, put things into it, and look what is there.

use std::{collections::BTreeMap, time::Duration};

use super::state::InMemoryStore;
use crate::{
    domain::{
        ChunkOutcome, Day, DaySummary, GuildId, Ledger, Memory, Message, MessageId, Person, StoredMessage, UserId,
    },
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

    /// Lets whatever is counted in a budget take so long from now on.
    pub fn slow_spending(&self, takes: Duration) {
        self.state().failures.spending_takes = takes;
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

    /// The tokens that are counted as spent on a model, of all periods.
    pub fn spent_tokens(&self, model: &str) -> i64 {
        self.state().spent.iter().filter(|((of, _), _)| of == model).map(|(_, (_, tokens))| tokens).sum()
    }

    /// The texts of all summaries, chunks and memories, and of whom they are.
    pub fn everything_made(&self) -> Vec<(GuildId, UserId, String)> {
        let state = self.state();
        let mut made = Vec::new();
        let mut add = |guild: GuildId, texts: &BTreeMap<UserId, String>| {
            made.extend(texts.iter().map(|(user, text)| (guild, *user, text.clone())));
        };
        for ((guild, _), summary) in &state.summaries {
            add(*guild, &summary.texts);
        }
        for ((guild, ..), (chunk, _)) in &state.chunks {
            if let ChunkOutcome::Summarized { texts, .. } = &chunk.outcome {
                add(*guild, texts);
            }
        }
        made.extend(state.memories.iter().map(|((guild, user), memory)| (*guild, *user, memory.text.clone())));
        made
    }

    /// The same, and everything that people wrote, taught and are called.
    pub fn everything_kept(&self) -> Vec<(GuildId, UserId, String)> {
        let mut kept = self.everything_made();
        let state = self.state();
        for ((guild, _), stored) in &state.messages {
            let Some(Message { author, body, .. }) = &stored.message else { continue };
            let names = body.mentions.iter().map(|mention| &mention.name).chain([&author.name, &body.content]);
            kept.extend(names.chain(&body.attachments).map(|text| (*guild, author.id, text.clone())));
        }
        for ((guild, user), person) in &state.people {
            let names = person.names.iter().chain(person.aliases.keys()).map(String::as_str).chain(person.called.all());
            kept.extend(names.chain(person.fact_texts()).map(|text| (*guild, *user, text.to_owned())));
        }
        kept
    }
}
