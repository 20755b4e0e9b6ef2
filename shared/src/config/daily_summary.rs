//! The configuration of `daily_summary`.

use std::{collections::BTreeSet, time::Duration};

use super::{ConfigError, ExportConfig, ModelsConfig, guilds::read_guilds, variables::Variables};
use crate::domain::{GuildId, SummaryRetention, prompt::ChunkLimits};

/// What `daily_summary` reads.
#[derive(Debug, Clone)]
pub struct DailySummaryConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `SUMMARY_MODELS`, and how to reach them.
    pub models: ModelsConfig,
    /// `CURRENT_DAY_TTL_SECONDS` (3600): the life of an open day's summary.
    pub open_day_ttl: Duration,
    /// `SETTLE_SECONDS` (1200): how long after its end a day stays open.
    pub settle: Duration,
    /// `MAX_BATCH_MESSAGES` (800), `MAX_BATCH_TOKENS` (60000) and `MAX_BATCH_MEMBERS` (100): what goes into one model call;
    /// longer days are cut into chunks. `TARGET_CALL_SECONDS` (6): how long the call for a chunk should take, where there is
    /// room for more calls.
    pub chunks: ChunkLimits,
    /// `SUMMARY_RETENTION_DAYS` (0: without an end): how long a summary is kept after its day; more than `HISTORY_DAYS`.
    pub summary_retention: SummaryRetention,
    /// `DISCORD_GUILDS`: the guilds that `sync_messages` reads, whose open channels must be known.
    pub discord_guilds: BTreeSet<GuildId>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl DailySummaryConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            models: ModelsConfig::read(&variables, "SUMMARY_MODELS")?,
            open_day_ttl: variables.number("CURRENT_DAY_TTL_SECONDS", 3600, 1..=86_400).map(Duration::from_secs)?,
            settle: variables.settle()?,
            chunks: ChunkLimits {
                messages: variables.number("MAX_BATCH_MESSAGES", 800, 1..=100_000)? as usize,
                tokens: variables.number("MAX_BATCH_TOKENS", 60_000, 1_000..=10_000_000)?,
                members: variables.number("MAX_BATCH_MEMBERS", 100, 1..=100_000)? as usize,
                target: variables.number("TARGET_CALL_SECONDS", 6, 1..=600).map(Duration::from_secs)?,
            },
            summary_retention: variables.summary_retention()?,
            discord_guilds: read_guilds(&variables, "DISCORD_GUILDS")?.into_iter().collect(),
            export: ExportConfig::read(&variables)?,
        })
    }
}
