//! The configuration of `ingest_messages`.

use std::collections::BTreeSet;

use super::{
    ConfigError, ExportConfig,
    guilds::{allowed_guilds, discord_guilds},
    variables::Variables,
};
use crate::domain::{AllowedGuilds, GuildId, Retention};

/// What `ingest_messages` reads.
#[derive(Debug, Clone)]
pub struct IngestMessagesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `MESSAGE_RETENTION_DAYS` (30): how long messages are kept where a guild decided nothing; more than `HISTORY_DAYS` + 1,
    /// so that no day of the window loses messages.
    pub retention: Retention,
    /// `ALLOWED_GUILDS`: where anything is stored; any guild if it is left out.
    pub allowed_guilds: AllowedGuilds,
    /// `DISCORD_GUILDS`: the guilds that `sync_messages` reads.
    pub discord_guilds: BTreeSet<GuildId>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl IngestMessagesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            retention: variables.retention()?,
            allowed_guilds: allowed_guilds(&variables)?,
            discord_guilds: discord_guilds(&variables)?.into_iter().collect(),
            export: ExportConfig::read(&variables)?,
        })
    }
}
