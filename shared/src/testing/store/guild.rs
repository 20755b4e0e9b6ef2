//! What the moderators of a guild decided for it, and what Discord said about it.

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::{GuildId, GuildSettings, KeptRoles, OpenChannels},
    ports::{KeepOpenChannels, KeepRoles, ReadOpenChannels, ReadRoles, ReadSettings, StoreError, WriteSettings},
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

impl ReadRoles for InMemoryStore {
    async fn kept_roles(&self, guild: GuildId) -> Result<Option<KeptRoles>, StoreError> {
        Ok(self.state().roles.get(&guild).cloned())
    }
}

impl KeepRoles for InMemoryStore {
    async fn keep_roles(&self, guild: GuildId, roles: &KeptRoles) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.roles.get(&guild).is_none_or(|kept| kept.read_at < roles.read_at) {
            state.roles.insert(guild, roles.clone());
        }
        Ok(())
    }
}

impl ReadOpenChannels for InMemoryStore {
    async fn open_channels(&self, guild: GuildId) -> Result<Option<OpenChannels>, StoreError> {
        Ok(self.state().open_channels.get(&guild).cloned())
    }
}

impl KeepOpenChannels for InMemoryStore {
    async fn keep_open_channels(
        &self,
        guild: GuildId,
        seen: Option<Timestamp>,
        open: &OpenChannels,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.open_channels.get(&guild).map(|kept| kept.read_at) != seen {
            return Err(StoreError::Conflict);
        }
        state.open_channels.insert(guild, open.clone());
        Ok(())
    }

    async fn swept(&self, guild: GuildId, read_at: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let kept = state.open_channels.get_mut(&guild).filter(|kept| kept.read_at == read_at);
        kept.ok_or(StoreError::Conflict)?.sweep_due = false;
        Ok(())
    }
}
