//! Interactions that were seen.

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::InteractionId,
    ports::{ClaimInteractions, StoreError},
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
