//! The configuration of `people`.

use jiff::SignedDuration;

use super::{ConfigError, ExportConfig, guilds::allowed_guilds, variables::Variables};
use crate::domain::{AllowedGuilds, Retention, SummaryRetention};

/// What `people` reads.
#[derive(Debug, Clone)]
pub struct PeopleConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `MESSAGE_RETENTION_DAYS` (30): how long messages are kept where a guild decided nothing; more than `HISTORY_DAYS` + 1.
    pub retention: Retention,
    /// `SUMMARY_RETENTION_DAYS` (0: without an end): how long a summary is kept after its day; more than `HISTORY_DAYS`.
    pub summary_retention: SummaryRetention,
    /// `ALLOWED_GUILDS`: where anything is taught; any guild if it is left out.
    pub allowed_guilds: AllowedGuilds,
    /// `LEFT_DAYS` (30): how many days what is kept of members and guilds that left stays; for ever if it is 0.
    pub left_kept_for: Option<SignedDuration>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl PeopleConfig {
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
            summary_retention: variables.summary_retention()?,
            allowed_guilds: allowed_guilds(&variables)?,
            left_kept_for: variables.left_kept_for()?,
            export: ExportConfig::read(&variables)?,
        })
    }
}
