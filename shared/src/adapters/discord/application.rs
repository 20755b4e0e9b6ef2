//! What Discord says of the application itself.

use serde::Deserialize;

use super::Discord;
use crate::{
    domain::{ApplicationId, UserId},
    ports::{DiscordError, ReadIntents},
};

/// Flags of an application with the Message Content Intent: approved by Discord, and turned on for few guilds.
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;
/// The same of the Server Members Intent.
const GUILD_MEMBERS: u64 = 1 << 14 | 1 << 15;

/// The application whose bot has the token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Its id, as far as Discord says it.
    pub id: Option<ApplicationId>,
    /// The account of its bot.
    pub bot: Option<UserId>,
    /// The public key that checks its interactions: 64 hexadecimal digits.
    pub public_key: Option<String>,
    /// The address that its interactions are sent to, if one is entered.
    pub endpoint: Option<String>,
    /// It is shown what people write: the Message Content Intent.
    pub sees_content: bool,
    /// It is told who is in a guild: the Server Members Intent.
    pub sees_members: bool,
}

#[derive(Deserialize)]
struct WireApplication {
    #[serde(default)]
    id: Option<ApplicationId>,
    #[serde(default)]
    bot: Option<WireBot>,
    #[serde(default)]
    verify_key: Option<String>,
    #[serde(default)]
    interactions_endpoint_url: Option<String>,
    #[serde(default)]
    flags: u64,
}

#[derive(Deserialize)]
struct WireBot {
    id: UserId,
}

impl Discord {
    /// The application whose bot has the token: one request.
    ///
    /// # Errors
    /// What Discord refuses.
    pub async fn application(&self) -> Result<Application, DiscordError> {
        let wire: WireApplication = self.get("/applications/@me").await?;
        Ok(Application {
            id: wire.id,
            bot: wire.bot.map(|bot| bot.id),
            public_key: wire.verify_key,
            endpoint: wire.interactions_endpoint_url.filter(|url| !url.is_empty()),
            sees_content: wire.flags & MESSAGE_CONTENT != 0,
            sees_members: wire.flags & GUILD_MEMBERS != 0,
        })
    }
}

impl ReadIntents for Discord {
    async fn sees_content(&self) -> Result<bool, DiscordError> {
        Ok(self.application().await?.sees_content)
    }
}
