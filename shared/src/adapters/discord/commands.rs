//! The commands an application has registered, for every guild or for one.

use reqwest::Method;
use serde_json::Value;

use super::Discord;
use crate::{
    domain::{ApplicationId, GuildId},
    ports::DiscordError,
};

impl Discord {
    /// The registered commands, as Discord keeps them.
    ///
    /// # Errors
    /// What Discord refuses; nothing is changed.
    pub async fn commands(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
    ) -> Result<Vec<Value>, DiscordError> {
        self.get(&format!("{}?with_localizations=true", path(application, guild))).await
    }

    /// Registers `commands` in place of all that are there.
    ///
    /// # Errors
    /// What Discord refuses; then everything stays as it was.
    pub async fn replace_commands(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
        commands: &[Value],
    ) -> Result<(), DiscordError> {
        let path = path(application, guild);
        self.send(|| self.request(Method::PUT, &path).json(commands)).await.map(drop)
    }
}

fn path(application: ApplicationId, guild: Option<GuildId>) -> String {
    match guild {
        Some(guild) => format!("/applications/{application}/guilds/{guild}/commands"),
        None => format!("/applications/{application}/commands"),
    }
}
