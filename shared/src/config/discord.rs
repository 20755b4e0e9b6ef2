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
        Self::if_configured(variables)?.ok_or_else(|| ConfigError::missing("DISCORD_BOT_TOKEN_PARAMETER"))
    }

    /// The same for who can do without; `None` without a token.
    pub(super) fn if_configured(variables: &Variables<'_>) -> Result<Option<Self>, ConfigError> {
        let base_url = variables.url("DISCORD_BASE_URL")?;
        let bot_token = KeySource::read(variables, "DISCORD_BOT_TOKEN", "DISCORD_BOT_TOKEN_PARAMETER");
        Ok(bot_token.map(|bot_token| Self { bot_token, base_url }))
    }
}
