//! Looks at Discord for whom a guild's memory is, and keeps what it says for those who decide without asking (DESIGN rules
//! 26 and 27):
//!
//! ```text
//! sync_messages, every 10 minutes ─┐                     ┌─▶ ingest_messages: is the channel open?
//! respond, if it is 15 minutes old ┴─▶ Discord ─▶ kept ──┼─▶ daily_summary: is the message told?
//!                                                        └─▶ interactions: is that a moderator?
//! ```

use jiff::Timestamp;

use crate::{
    domain::{Audience, GuildChannels, GuildId, KeptRoles, OpenChannels},
    ports::{KeepOpenChannels, KeepRoles, StoreError},
};

/// What is kept of a guild for those who decide.
pub trait KeepAudience: KeepRoles + KeepOpenChannels {}

impl<M: KeepRoles + KeepOpenChannels> KeepAudience for M {}

/// Keeps what Discord said about roles and channels at `read_at`, and tells which channels are open to the audience. Whoever
/// kept something later meanwhile is right.
///
/// # Errors
/// What the store failed with.
pub(super) async fn keep_audience<M: KeepAudience>(
    memory: &M,
    guild: GuildId,
    audience: Audience,
    channels: &GuildChannels,
    read_at: Timestamp,
) -> Result<OpenChannels, StoreError> {
    let roles = KeptRoles { roles: channels.roles.clone(), read_at };
    let (seen, ()) = tokio::try_join!(memory.open_channels(guild), memory.keep_roles(guild, &roles))?;
    let now = channels.open_to(audience, read_at);
    let renewed = match &seen {
        Some(before) => before.renewed(now),
        // Nobody knows what was stored before anybody looked.
        None => OpenChannels { sweep_due: true, ..now },
    };
    match memory.keep_open_channels(guild, seen.map(|seen| seen.read_at), &renewed).await {
        Ok(()) => Ok(renewed),
        Err(StoreError::Conflict) => Ok(memory.open_channels(guild).await?.unwrap_or(renewed)),
        Err(error) => Err(error),
    }
}
