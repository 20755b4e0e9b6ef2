//! People and their memories.

use std::collections::HashMap;

use jiff::Timestamp;

use super::state::{InMemoryStore, State, unavailable};
use crate::{
    domain::{BuildState, ChunkOutcome, Day, GuildId, KnownNames, LeaseOwner, Memory, Person, UserId},
    ports::{
        CommitMemory, ErasePeople, FindByName, PersonRecord, ReadPeople, ReadWindow, RecordNames, StoreError,
        TeachPeople, TellOnce, TextsOf, Window,
    },
};

impl ReadPeople for InMemoryStore {
    async fn people(&self, guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
        let state = self.state();
        Ok(users.iter().map(|user| (*user, state.known(guild, *user))).collect())
    }
}

impl RecordNames for InMemoryStore {
    async fn record_names(&self, guild: GuildId, user: UserId, said: &KnownNames) -> Result<(), StoreError> {
        let mut state = self.state();
        let wiped_at = state.wiped.get(&guild).copied();
        let person = state.people.entry((guild, user)).or_default();
        let known = person.clone().wiped(wiped_at);
        if known.news(said) != KnownNames::default() {
            *person = Person { erased_at: person.erased_at, ..known.after(said) };
            state.listed.entry((guild, user)).or_default();
        }
        Ok(())
    }
}

impl TeachPeople for InMemoryStore {
    async fn replace_taught(&self, guild: GuildId, user: UserId, person: &Person) -> Result<(), StoreError> {
        let mut state = self.state();
        let kept = state.people.entry((guild, user)).or_default();
        if kept.facts_revision != person.facts_revision {
            return Err(StoreError::Conflict);
        }
        let Person { facts, aliases, names_taken_back, .. } = person.clone();
        *kept = Person { facts, aliases, names_taken_back, facts_revision: kept.facts_revision + 1, ..kept.clone() };
        state.listed.entry((guild, user)).or_default();
        Ok(())
    }

    async fn drop_name(&self, guild: GuildId, user: UserId, person: &Person, name: &str) -> Result<(), StoreError> {
        let mut state = self.state();
        let kept = state.people.entry((guild, user)).or_default();
        if (kept.facts_revision, &kept.called) != (person.facts_revision, &person.called) {
            return Err(StoreError::Conflict);
        }
        kept.names.remove(name);
        kept.facts_revision += 1;
        kept.names_taken_back += 1;
        Ok(())
    }
}

impl ErasePeople for InMemoryStore {
    async fn erase_person(
        &self,
        guild: GuildId,
        user: UserId,
        person: &Person,
        opted_out: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let kept = state.people.entry((guild, user)).or_default();
        if (kept.facts_revision, &kept.called) != (person.facts_revision, &person.called) {
            return Err(StoreError::Conflict);
        }
        *kept = kept.erased(opted_out, at);
        state.listed.remove(&(guild, user));
        Ok(())
    }

    async fn forget_memory(&self, guild: GuildId, user: UserId) -> Result<(), StoreError> {
        let state = &mut *self.state();
        let key = (guild, user);
        state.memories.remove(&key);
        state.memory_builds.remove(&key);
        state.memory_leases.remove(&key);
        state.asked.remove(&key);
        state.asked_for.remove(&key);
        Ok(())
    }

    async fn fence_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        let state = &mut *self.state();
        if state.ledgers.contains_key(&(guild, day)) {
            *state.erasures.entry((guild, day)).or_default() += 1;
        }
        Ok(())
    }

    async fn erase_from_day(&self, guild: GuildId, day: Day, user: UserId) -> Result<bool, StoreError> {
        let state = &mut *self.state();
        let is_of = |outcome: &ChunkOutcome| matches!(outcome, ChunkOutcome::Summarized { texts, .. } if texts.contains_key(&user));
        state.chunks.retain(|(of, on, _), (chunk, _)| (*of, *on) != (guild, day) || !is_of(&chunk.outcome));
        if let Some(people) = state.day_people.get_mut(&(guild, day)) {
            people.remove(&user);
        }
        let summary = state.summaries.get_mut(&(guild, day));
        Ok(summary.is_some_and(|summary| summary.texts.remove(&user).is_some()))
    }
}

impl TellOnce for InMemoryStore {
    async fn note_told(&self, guild: GuildId, user: UserId) -> Result<bool, StoreError> {
        Ok(self.state().told.insert((guild, user)))
    }
}

impl FindByName for InMemoryStore {
    async fn seen_as(&self, guild: GuildId, name: &str) -> Result<Vec<UserId>, StoreError> {
        let state = self.state();
        let people = state.people.iter().filter(|((of, _), person)| *of == guild && person.was_seen_as(name));
        Ok(people.map(|((_, user), _)| *user).collect())
    }
}

impl ReadWindow for InMemoryStore {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let state = self.state();
        Window {
            days: days.iter().map(|day| (*day, state.day(guild, *day, TextsOf::People(people)))).collect(),
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
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let build = state.memory_builds.entry((guild, user)).or_default();
        if !build.belongs_to(owner) {
            return Err(StoreError::Conflict);
        }
        *build = BuildState::default();
        state.memories.insert((guild, user), memory.clone());
        Ok(())
    }
}

impl State {
    /// With what the guild decided about whom it keeps something of, and as they are since it was wiped.
    fn known(&self, guild: GuildId, user: UserId) -> Person {
        let consent = self.settings.get(&guild).map(|settings| settings.consent).unwrap_or_default();
        let person = self.people.get(&(guild, user)).cloned().unwrap_or_default();
        Person { consent, ..person.wiped(self.wiped.get(&guild).copied()) }
    }

    fn person(&self, guild: GuildId, user: UserId) -> Result<PersonRecord, StoreError> {
        if self.failures.people.contains(&user) {
            return Err(unavailable());
        }
        let key = (guild, user);
        Ok(PersonRecord {
            person: self.known(guild, user),
            memory: self.memories.get(&key).cloned(),
            build: self.memory_builds.get(&key).cloned().unwrap_or_default(),
        })
    }
}
