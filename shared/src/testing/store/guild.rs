//! What concerns a guild as a whole.

use super::*;

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
