//! What members of a guild are called. A message of the REST API has no member in it, and the list of all members is for
//! applications with a privileged intent; a single member may be asked for by every bot in the guild.

use serde::Deserialize;

use super::Discord;
use crate::{
    domain::{GuildId, UserId, cut_name},
    ports::{DiscordError, MaybeMember, ReadMembers, ReadNicks},
};

/// A member, as far as it matters what it is called.
#[derive(Deserialize)]
struct WireMember {
    #[serde(default)]
    nick: Option<String>,
}

impl ReadNicks for Discord {
    async fn nick(&self, guild: GuildId, user: UserId) -> Result<MaybeMember, DiscordError> {
        match self.get::<WireMember>(&format!("/guilds/{guild}/members/{user}")).await {
            Ok(member) => Ok(MaybeMember::Member(member.nick.as_deref().and_then(cut_name))),
            Err(error) if error.is_unknown_member() => Ok(MaybeMember::Nobody),
            Err(error) => Err(error),
        }
    }
}

impl ReadMembers for Discord {
    async fn is_member(&self, guild: GuildId, user: UserId) -> Result<bool, DiscordError> {
        match self.get::<WireMember>(&format!("/guilds/{guild}/members/{user}")).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_unknown_member() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
