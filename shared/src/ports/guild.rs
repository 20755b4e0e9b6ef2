//! What the managers of a guild decided for it.

use std::future::Future;

use super::StoreError;
use crate::domain::{GuildId, GuildSettings};

/// Reads a guild's settings.
pub trait ReadSettings: Send + Sync {
    /// The settings; the default ones if nothing was ever decided.
    fn settings(&self, guild: GuildId) -> impl Future<Output = Result<GuildSettings, StoreError>> + Send;
}

/// Changes a guild's settings.
pub trait WriteSettings: ReadSettings {
    /// Replaces the settings that were read with that `revision`, which becomes the next one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed them since.
    fn replace_settings(
        &self,
        guild: GuildId,
        settings: &GuildSettings,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
