//! Who left, and of whom something is kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::{GuildId, Left, UserId},
    ports::{ListPeople, NoteLeft, ReadLeft, StoreError},
};

impl ListPeople for InMemoryStore {
    async fn listed_people(&self, guild: GuildId) -> Result<BTreeMap<UserId, Option<Timestamp>>, StoreError> {
        let state = self.state();
        let listed = state.listed.iter().filter(|((of, _), _)| *of == guild);
        Ok(listed.map(|((_, user), asked_at)| (*user, *asked_at)).collect())
    }

    async fn note_member_asked(&self, guild: GuildId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(asked_at) = self.state().listed.get_mut(&(guild, user)) {
            *asked_at = Some(at);
        }
        Ok(())
    }
}

impl NoteLeft for InMemoryStore {
    async fn note_left(&self, who: Left, at: Timestamp) -> Result<bool, StoreError> {
        Ok(*self.state().left.entry(who).or_insert(at) == at)
    }

    async fn note_back(&self, who: Left) -> Result<bool, StoreError> {
        Ok(self.state().left.remove(&who).is_some())
    }

    async fn left_at(&self, who: Left) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.state().left.get(&who).copied())
    }
}

impl ReadLeft for InMemoryStore {
    async fn all_left(&self) -> Result<BTreeMap<Left, Timestamp>, StoreError> {
        Ok(self.state().left.clone())
    }
}
