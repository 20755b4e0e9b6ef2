//! The configuration of `sync_messages`.

use std::time::Duration;

use jiff::SignedDuration;

use super::{
    ConfigError, DiscordConfig, ExportConfig, ModelName, guilds::discord_guilds, models::read_names,
    variables::Variables,
};
use crate::domain::{Calendar, GuildId, Retention};

/// What `sync_messages` reads.
#[derive(Debug, Clone)]
pub struct SyncMessagesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `DAILY_SUMMARY_FUNCTION`: the name of the function that summarizes days.
    pub daily_summary_function: String,
    /// `GET_MEMORIES_FUNCTION`: the name of the function that makes memories.
    pub get_memories_function: String,
    /// `SUMMARY_MODELS`: who summarizes days, to know when they are cooling down.
    pub summary_models: Vec<ModelName>,
    /// `DISCORD_GUILDS`: the guilds that are read, separated by commas; none if it is left out. Each is of `ALLOWED_GUILDS`,
    /// if there are any.
    pub guilds: Vec<GuildId>,
    /// How to reach Discord as the bot.
    pub discord: DiscordConfig,
    /// `BACKFILL_DAYS` (7): how many days a channel that was never read is read back.
    pub backfill_days: u16,
    /// `MESSAGE_RETENTION_DAYS` (30): how long messages are kept where a guild decided nothing.
    pub retention: Retention,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200).
    pub calendar: Calendar,
    /// `KEEP_WARM_HOURS` (24): how long the memories of who was asked for are kept warm; 0 turns it off.
    pub keep_warm: Duration,
    /// `LEFT_DAYS` (30): how many days what is kept of members and guilds that left stays; for ever if it is 0.
    pub left_kept_for: Option<SignedDuration>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl SyncMessagesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            daily_summary_function: variables.required("DAILY_SUMMARY_FUNCTION")?,
            get_memories_function: variables.required("GET_MEMORIES_FUNCTION")?,
            summary_models: read_names(&variables, "SUMMARY_MODELS")?,
            guilds: discord_guilds(&variables)?,
            discord: DiscordConfig::read(&variables)?,
            backfill_days: variables.days("BACKFILL_DAYS", 7, 1..=30)?,
            retention: variables.retention()?,
            calendar: variables.calendar()?,
            keep_warm: variables
                .number("KEEP_WARM_HOURS", 24, 0..=168)
                .map(|hours| Duration::from_secs(hours * 3_600))?,
            left_kept_for: variables.left_kept_for()?,
            export: ExportConfig::read(&variables)?,
        })
    }
}
