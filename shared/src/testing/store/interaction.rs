//! Interactions that were seen, how often somebody asked and was asked for, and what was handed over.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::{Asked, GuildId, InteractionId, UserId},
    ports::{ClaimHandOvers, ClaimInteractions, LimitAnswers, NoteAskedFor, ReadAskedFor, StoreError},
};

impl ClaimInteractions for InMemoryStore {
    async fn claim(
        &self,
        interaction: InteractionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let is_new = state.claims.get(&interaction).is_none_or(|end| *end <= now);
        if is_new {
            state.claims.insert(interaction, expires_at);
        }
        Ok(is_new)
    }
}

impl ClaimHandOvers for InMemoryStore {
    async fn claim_hand_over(
        &self,
        guild: GuildId,
        people: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let key = (guild, people.to_owned());
        let is_new = state.hand_overs.get(&key).is_none_or(|end| *end <= now);
        if is_new {
            state.hand_overs.insert(key, expires_at);
        }
        Ok(is_new)
    }
}

impl NoteAskedFor for InMemoryStore {
    async fn note_asked_for(
        &self,
        guild: GuildId,
        users: &[(UserId, Option<Timestamp>)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let state = &mut *self.state();
        let erased_at = |user: UserId| state.people.get(&(guild, user)).and_then(|person| person.erased_at);
        let unchanged = users.iter().filter(|(user, seen)| erased_at(*user) == *seen);
        state.asked_for.extend(unchanged.map(|(user, _)| ((guild, *user), at)));
        Ok(())
    }
}

impl ReadAskedFor for InMemoryStore {
    async fn asked_for(&self, guild: GuildId) -> Result<BTreeMap<UserId, Timestamp>, StoreError> {
        let state = self.state();
        let of_guild = state.asked_for.iter().filter(|((within, _), _)| *within == guild);
        Ok(of_guild.map(|((_, user), at)| (*user, *at)).collect())
    }
}

impl LimitAnswers for InMemoryStore {
    async fn asked(&self, guild: GuildId, user: UserId) -> Result<Asked, StoreError> {
        Ok(self.state().asked.get(&(guild, user)).cloned().unwrap_or_default())
    }

    async fn note_asked(&self, guild: GuildId, user: UserId, seen: &Asked, now: &Asked) -> Result<(), StoreError> {
        let mut state = self.state();
        let there = state.asked.entry((guild, user)).or_default();
        if there != seen {
            return Err(StoreError::Conflict);
        }
        *there = now.clone();
        Ok(())
    }
}
