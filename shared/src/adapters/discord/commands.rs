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

    /// Registers a command, in place of one of the same kind and name; others stay as they are.
    ///
    /// # Errors
    /// What Discord refuses; then it is not registered.
    pub async fn put_command(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
        command: &Value,
    ) -> Result<(), DiscordError> {
        let path = path(application, guild);
        self.send(|| self.request(Method::POST, &path).json(command)).await.map(drop)
    }

    /// Removes the command of that id; one that is gone already may be removed, too.
    ///
    /// # Errors
    /// What Discord refuses; then it is still there.
    pub async fn remove_command(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
        id: &str,
    ) -> Result<(), DiscordError> {
        let path = format!("{}/{id}", path(application, guild));
        match self.send(|| self.request(Method::DELETE, &path)).await {
            // A request that is sent again after a lost answer finds it gone.
            Err(DiscordError::NotFound { code: DiscordError::UNKNOWN_COMMAND }) => Ok(()),
            answer => answer.map(drop),
        }
    }
}

fn path(application: ApplicationId, guild: Option<GuildId>) -> String {
    match guild {
        Some(guild) => format!("/applications/{application}/guilds/{guild}/commands"),
        None => format!("/applications/{application}/commands"),
    }
}
