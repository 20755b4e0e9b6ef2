//! The configuration of `interactions`.

use super::{
    ConfigError, DiscordConfig, ExportConfig, guilds::allowed_guilds, handling::data_handling, variables::Variables,
};
use crate::{
    discord::PublicKey,
    domain::{AllowedGuilds, Calendar, DataHandling},
};

/// What `interactions` reads.
#[derive(Debug, Clone)]
pub struct InteractionsConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `RESPOND_FUNCTION`: the name of the function that answers later.
    pub respond_function: String,
    /// `DISCORD_PUBLIC_KEY`: what checks the requests; 64 hexadecimal digits.
    pub public_key: PublicKey,
    /// How to reach Discord as the bot, to ask it who is a moderator; `None` without a token.
    pub discord: Option<DiscordConfig>,
    /// `ALLOWED_GUILDS`: where anything is answered.
    pub allowed_guilds: AllowedGuilds,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200): which days can be asked for.
    pub calendar: Calendar,
    /// `AWS_REGION`: the region of the tables, which Lambda sets. With `MESSAGE_RETENTION_DAYS` (30),
    /// `SUMMARY_RETENTION_DAYS` (0: without an end), `PRIVACY_CONTACT`, and who is behind `SUMMARY_MODELS` and `MERGE_MODELS`: what `/privacy` says of the deployment.
    pub handling: DataHandling,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl InteractionsConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            respond_function: variables.required("RESPOND_FUNCTION")?,
            public_key: variables.parsed("DISCORD_PUBLIC_KEY")?,
            discord: DiscordConfig::if_configured(&variables)?,
            allowed_guilds: allowed_guilds(&variables)?,
            calendar: variables.calendar()?,
            handling: data_handling(&variables)?,
            export: ExportConfig::read(&variables)?,
        })
    }
}
