//! What a bot reads of a guild: its channels and threads, and who may see them.

use serde::Deserialize;

use super::Discord;
use crate::{
    domain::{Channel, ChannelId, ChannelKind, GuildChannels, GuildId, MessageId, Permissions},
    ports::{DiscordError, ReadChannels},
};

/// A guild, as far as it matters who everybody is.
#[derive(Deserialize)]
struct WireGuild {
    #[serde(default)]
    roles: Vec<WireRole>,
}

#[derive(Deserialize)]
struct WireRole {
    id: String,
    #[serde(default)]
    permissions: String,
}

#[derive(Deserialize)]
struct WireThreads {
    #[serde(default)]
    threads: Vec<WireChannel>,
}

#[derive(Deserialize)]
struct WireChannel {
    id: ChannelId,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(default)]
    parent_id: Option<ChannelId>,
    #[serde(default)]
    last_message_id: Option<MessageId>,
    #[serde(default)]
    nsfw: Option<bool>,
    #[serde(default)]
    permission_overwrites: Option<Vec<WireOverwrite>>,
}

#[derive(Deserialize)]
struct WireOverwrite {
    id: String,
    #[serde(default)]
    allow: String,
    #[serde(default)]
    deny: String,
}

impl WireChannel {
    /// The role of everybody has the id of the guild. What cannot be read allows nothing and denies everything.
    fn into_channel(self, guild: GuildId) -> Channel {
        let everyone = guild.to_string();
        let overwrites = self.permission_overwrites.unwrap_or_default();
        let overwrite = overwrites.into_iter().find(|overwrite| overwrite.id == everyone);
        let (allowed, denied) = overwrite.map_or((Permissions::NONE, Permissions::NONE), |overwrite| {
            (
                Permissions::read(&overwrite.allow).unwrap_or(Permissions::NONE),
                Permissions::read(&overwrite.deny).unwrap_or(!Permissions::NONE),
            )
        });
        Channel {
            id: self.id,
            kind: kind(self.kind),
            parent: self.parent_id,
            last_message: self.last_message_id,
            age_restricted: self.nsfw.unwrap_or_default(),
            allowed,
            denied,
        }
    }
}

/// By the number that Discord gives it. What is new is nothing that is read.
fn kind(number: u64) -> ChannelKind {
    match number {
        0 | 5 => ChannelKind::Text,
        2 | 13 => ChannelKind::Voice,
        10 | 11 => ChannelKind::PublicThread,
        12 => ChannelKind::PrivateThread,
        15 | 16 => ChannelKind::Forum,
        _ => ChannelKind::Other,
    }
}

impl ReadChannels for Discord {
    async fn channels(&self, guild: GuildId) -> Result<GuildChannels, DiscordError> {
        let (paths, everyone) = (format!("/guilds/{guild}"), guild.to_string());
        let (channels, threads) = (format!("{paths}/channels"), format!("{paths}/threads/active"));
        let (wire, channels, threads) = tokio::try_join!(
            self.get::<WireGuild>(&paths),
            self.get::<Vec<WireChannel>>(&channels),
            self.get::<WireThreads>(&threads),
        )?;
        let role = wire.roles.into_iter().find(|role| role.id == everyone);
        let all = channels.into_iter().chain(threads.threads).map(|channel| channel.into_channel(guild));
        Ok(GuildChannels {
            everyone: role.and_then(|role| Permissions::read(&role.permissions)).unwrap_or_default(),
            channels: all.map(|channel| (channel.id, channel)).collect(),
        })
    }

    async fn channel(&self, guild: GuildId, channel: ChannelId) -> Result<Option<Channel>, DiscordError> {
        match self.get::<WireChannel>(&format!("/channels/{channel}")).await {
            Ok(channel) => Ok(Some(channel.into_channel(guild))),
            Err(DiscordError::NotFound { .. } | DiscordError::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
