//! How to reach Discord.

use super::{ConfigError, KeySource, variables::Variables};

/// How to reach Discord as the bot.
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// `DISCORD_BOT_TOKEN`: the token itself; without it, `DISCORD_BOT_TOKEN_PARAMETER` says where it is.
    pub bot_token: KeySource,
    /// `DISCORD_BASE_URL`: where Discord is, if not at discord.com.
    pub base_url: Option<String>,
}

impl DiscordConfig {
    pub(super) fn read(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        const PARAMETER: &str = "DISCORD_BOT_TOKEN_PARAMETER";
        let bot_token = KeySource::read(variables, "DISCORD_BOT_TOKEN", PARAMETER);
        Ok(Self {
            bot_token: bot_token.ok_or_else(|| ConfigError::missing(PARAMETER))?,
            base_url: variables.url("DISCORD_BASE_URL")?,
        })
    }
}
