//! Interactions that were seen, and how often somebody asked.

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::{Asked, GuildId, InteractionId, UserId},
    ports::{ClaimInteractions, LimitAnswers, StoreError},
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
