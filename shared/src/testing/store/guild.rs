//! What the managers of a guild decided for it.

use super::state::InMemoryStore;
use crate::{
    domain::{GuildId, GuildSettings},
    ports::{ReadSettings, StoreError, WriteSettings},
};

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
