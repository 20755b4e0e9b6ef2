//! Reads what was written in the channels of the configured guilds, and what was edited and deleted since.
//!
//! Every step is kept before the next one begins, so that a run that dies anywhere is gone on with by the next one:
//!
//! ```text
//! a channel   page ──▶ ingest ──▶ cursor ──▶ page ──▶ ingest ──▶ cursor ──▶ …       what is new
//!             stored ids ──▶ page ──▶ ingest, deletions ──▶ cursor ──▶ …           once an hour, the last 48 hours
//!                                  ▲ dies here: the page is read again, and is unchanged
//! ```

use futures::{StreamExt as _, stream};

mod channel;
mod closing;
mod guild;

use super::{AppError, Cooldowns, Deadline};
use crate::{
    contract::{ErrorType, GuildReport, SyncReport},
    domain::{Calendar, GuildId, Retention},
    ports::{
        Clock, CloseDays, CoolModels, KeepCursors, PurgeDay, ReadChannels, ReadDay, ReadHistory, ReadMessages,
        ReadPeople, ReadSettings, RecordNames, WriteMessages,
    },
};
use guild::GuildSync;

/// Guilds read at the same time.
const CONCURRENT_GUILDS: usize = 4;

/// How messages are read and kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The guilds that are read.
    pub guilds: Vec<GuildId>,
    /// How many days a channel that was never read is read back.
    pub backfill_days: u16,
    /// How long messages are kept.
    pub retention: Retention,
    /// Which days are closed, and which are worth to be summarized.
    pub calendar: Calendar,
}

/// What messages are read with.
pub struct Deps<S, D, F, C> {
    /// Messages, cursors and settings.
    pub store: S,
    /// Discord.
    pub discord: D,
    /// Who summarizes days.
    pub functions: F,
    /// When the models of summaries are left alone.
    pub summary_cooldowns: Cooldowns<S, C>,
    /// The time.
    pub clock: C,
    /// How messages are read and kept.
    pub settings: Settings,
}

/// All a sync needs from the store.
pub trait SyncStore:
    KeepCursors + CoolModels + PurgeDay + ReadDay + ReadMessages + ReadPeople + ReadSettings + RecordNames + WriteMessages
{
}

impl<S> SyncStore for S where
    S: KeepCursors
        + CoolModels
        + PurgeDay
        + ReadDay
        + ReadMessages
        + ReadPeople
        + ReadSettings
        + RecordNames
        + WriteMessages
{
}

impl GuildReport {
    fn new(guild_id: GuildId) -> Self {
        Self {
            guild_id,
            channels: 0,
            forbidden: 0,
            stored: 0,
            updated: 0,
            deleted: 0,
            complete: false,
            closing: None,
            problems: Vec::new(),
        }
    }
}

/// Reads all guilds, as far as the time until `deadline` lets it; the next run goes on. Guilds that were read to their end
/// have their closed days summarized.
///
/// # Errors
/// `InvalidRequest` when no guild is configured; `Internal` when Discord does not know the bot's token. What concerns one guild stands in its report.
pub async fn sync_messages<S, D, F, C>(deps: &Deps<S, D, F, C>, deadline: Deadline) -> Result<SyncReport, AppError>
where
    S: SyncStore,
    D: ReadChannels + ReadHistory,
    F: CloseDays,
    C: Clock,
{
    if deps.settings.guilds.is_empty() {
        return Err(AppError::invalid("no guild is configured: name those that are read in DISCORD_GUILDS"));
    }
    let begun = deps.clock.now();
    let guilds = deps.settings.guilds.iter().map(|guild| GuildSync::new(deps, *guild, begun, deadline).run());
    let mut reports = Vec::new();
    let mut synced = stream::iter(guilds).buffered(CONCURRENT_GUILDS);
    while let Some(report) = synced.next().await {
        reports.push(report.map_err(|UnknownToken| {
            AppError::new(ErrorType::Internal, "Discord does not know the bot token (401): put the application's current one into the SSM parameter DISCORD_BOT_TOKEN_PARAMETER names; nothing is lost, the next run goes on")
        })?);
    }
    closing::close_days(deps, begun, &mut reports).await;
    Ok(SyncReport { guilds: reports })
}

/// Discord does not know the bot's token: no guild can be read.
struct UnknownToken;

#[cfg(test)]
mod tests;
