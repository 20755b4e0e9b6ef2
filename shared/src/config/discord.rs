//! How to reach Discord.

use super::{ApiKey, ConfigError, KeySource, variables::Variables};

/// How to reach Discord as the bot.
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// `DISCORD_BOT_TOKEN`, or else `DISCORD_BOT_TOKEN_PARAMETER`.
    pub bot_token: KeySource,
    /// `DISCORD_BASE_URL`: where Discord is, if not at discord.com.
    pub base_url: Option<String>,
}

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    pub(super) fn discord(&self) -> Result<DiscordConfig, ConfigError> {
        let bot_token = match self.optional("DISCORD_BOT_TOKEN").as_deref().and_then(ApiKey::new) {
            Some(token) => KeySource::Value(token),
            None => KeySource::Parameter(self.required("DISCORD_BOT_TOKEN_PARAMETER")?),
        };
        Ok(DiscordConfig { bot_token, base_url: self.url("DISCORD_BASE_URL")? })
    }
}
