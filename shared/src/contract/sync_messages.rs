//! `sync_messages`: what was read of Discord. Its request, the event of the schedule, is ignored.

use serde::Serialize;

use crate::domain::{Day, GuildId};

/// What was read.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// An entry for each guild, in the order they are configured.
    pub guilds: Vec<GuildReport>,
}

/// What was read of one guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuildReport {
    /// The guild.
    pub guild_id: GuildId,
    /// Channels and threads that are read.
    pub channels: usize,
    /// Those of them that the bot may not read; they are left alone for a day.
    pub forbidden: usize,
    /// New messages.
    pub stored: usize,
    /// Edited messages.
    pub updated: usize,
    /// Deleted messages.
    pub deleted: usize,
    /// Whether everything that was there when the run began has been read.
    pub complete: bool,
    /// The day whose final summary was asked for.
    pub closing: Option<Day>,
    /// People whose memories were asked to be kept warm.
    pub kept_warm: usize,
    /// What went wrong, and what to do about it.
    pub problems: Vec<String>,
}
