//! What the moderators of a guild decided for it, and what Discord said about it.

use std::future::Future;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{GuildId, GuildSettings, KeptRoles, OpenChannels};

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

/// Reads what is kept of a guild's roles.
pub trait ReadRoles: Send + Sync {
    /// The roles as Discord last said them; `None` if nobody asked yet. Whoever decides by them looks how old they are.
    fn kept_roles(&self, guild: GuildId) -> impl Future<Output = Result<Option<KeptRoles>, StoreError>> + Send;
}

/// Keeps a guild's roles, for those who cannot or need not ask Discord.
pub trait KeepRoles: ReadRoles {
    /// Keeps the roles, unless later ones are kept.
    fn keep_roles(&self, guild: GuildId, roles: &KeptRoles) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Reads which channels of a guild are open to its audience.
pub trait ReadOpenChannels: Send + Sync {
    /// The channels as they were last read from Discord; `None` if nobody asked yet. Whoever decides by them looks how old
    /// they are, and for whom.
    fn open_channels(&self, guild: GuildId) -> impl Future<Output = Result<Option<OpenChannels>, StoreError>> + Send;
}

/// Keeps which channels of a guild are open to its audience (DESIGN rules 26 and 28).
pub trait KeepOpenChannels: ReadOpenChannels {
    /// Replaces what was read; `seen` is its `read_at`, or `None` if nothing was kept.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when others were kept since.
    fn keep_open_channels(
        &self,
        guild: GuildId,
        seen: Option<Timestamp>,
        open: &OpenChannels,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes that nothing of a channel that is not open is stored any more, by the channels that were read at `read_at`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when others were kept since.
    fn swept(&self, guild: GuildId, read_at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}
