//! The configuration of `respond`.

use super::{ConfigError, DiscordConfig, ExportConfig, guilds::allowed_guilds, variables::Variables};
use crate::domain::{AllowedGuilds, ApplicationId, Calendar};

/// What `respond` reads.
#[derive(Debug, Clone)]
pub struct RespondConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages, of which it reads where they were written.
    pub messages_table: String,
    /// `GET_MEMORIES_FUNCTION`: the name of the function that builds memories.
    pub get_memories_function: String,
    /// `DAILY_SUMMARY_FUNCTION`: the name of the function that summarizes days.
    pub daily_summary_function: String,
    /// `INGEST_MESSAGES_FUNCTION`: the name of the function that deletes what is of closed channels.
    pub ingest_messages_function: String,
    /// `PEOPLE_FUNCTION`: the name of the function that ends and hands out what is kept of a person.
    pub people_function: String,
    /// `DISCORD_APPLICATION_ID`: whose replies it edits.
    pub application: ApplicationId,
    /// How to reach Discord as the bot.
    pub discord: DiscordConfig,
    /// `ALLOWED_GUILDS`: where anything is answered.
    pub allowed_guilds: AllowedGuilds,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200).
    pub calendar: Calendar,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl RespondConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            get_memories_function: variables.required("GET_MEMORIES_FUNCTION")?,
            daily_summary_function: variables.required("DAILY_SUMMARY_FUNCTION")?,
            ingest_messages_function: variables.required("INGEST_MESSAGES_FUNCTION")?,
            people_function: variables.required("PEOPLE_FUNCTION")?,
            application: variables.parsed("DISCORD_APPLICATION_ID")?,
            discord: DiscordConfig::read(&variables)?,
            allowed_guilds: allowed_guilds(&variables)?,
            calendar: variables.calendar()?,
            export: ExportConfig::read(&variables)?,
        })
    }
}
