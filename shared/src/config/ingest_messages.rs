//! The configuration of `ingest_messages`.

use super::{ConfigError, variables::Variables};

/// What `ingest_messages` reads.
#[derive(Debug, Clone)]
pub struct IngestMessagesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `MESSAGE_RETENTION_DAYS` (30): how long messages are kept; more than `HISTORY_DAYS` + 1, so that no day of the
    /// window loses messages.
    pub retention_days: u16,
}

impl IngestMessagesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(lookup);
        let least = variables.history_days()? + 2;
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            retention_days: variables.days("MESSAGE_RETENTION_DAYS", 30.max(least), least..=3650)?,
        })
    }
}
