//! What a bot reads of a guild: its channels and threads, and who may see them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Discord;
use crate::{
    domain::{
        Channel, ChannelId, ChannelKind, GuildChannels, GuildId, MessageId, Overwrite, Permissions, RoleId, Roles,
        UserId,
    },
    ports::{ArchivedThread, ArchivedThreads, DiscordError, ReadArchivedThreads, ReadChannels, ReadGuildRoles},
};

/// Archived threads that are asked for at a time: the most that Discord gives.
const ARCHIVE_PAGE: u8 = 100;

/// A guild, as far as it matters who may do what.
#[derive(Deserialize)]
struct WireGuild {
    #[serde(default)]
    owner_id: Option<UserId>,
    #[serde(default)]
    roles: Vec<WireRole>,
}

#[derive(Deserialize)]
struct WireRole {
    id: RoleId,
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
    /// 0 for a role, 1 for a member. Older ones name it.
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    allow: String,
    #[serde(default)]
    deny: String,
}

impl WireGuild {
    fn into_roles(self, guild: GuildId) -> Roles {
        let mut permissions: BTreeMap<RoleId, Permissions> =
            self.roles.iter().map(|role| (role.id, role.permitted())).collect();
        let everyone = permissions.remove(&RoleId::everyone(guild)).unwrap_or_default();
        Roles { owner: self.owner_id, everyone, permissions }
    }
}

impl WireRole {
    /// A role whose permissions cannot be read permits nothing.
    fn permitted(&self) -> Permissions {
        Permissions::read(&self.permissions).unwrap_or(Permissions::NONE)
    }
}

impl WireChannel {
    fn into_channel(self, guild: GuildId) -> Channel {
        let overwrites = self.permission_overwrites.unwrap_or_default();
        let mut roles: BTreeMap<RoleId, Overwrite> =
            overwrites.iter().filter_map(|one| Some((one.role()?, one.overwrite()))).collect();
        Channel {
            id: self.id,
            kind: kind(self.kind),
            parent: self.parent_id,
            last_message: self.last_message_id,
            age_restricted: self.nsfw.unwrap_or_default(),
            everyone: roles.remove(&RoleId::everyone(guild)).unwrap_or_default(),
            roles,
        }
    }
}

impl WireChannel {
    /// What it allows and denies to one member.
    fn overwrite_of(&self, user: UserId) -> Overwrite {
        let all = self.permission_overwrites.iter().flatten();
        all.filter(|one| one.member() == Some(user)).map(WireOverwrite::overwrite).next().unwrap_or_default()
    }
}

impl WireOverwrite {
    /// The role it is about.
    fn role(&self) -> Option<RoleId> {
        self.id.parse().ok().filter(|_| !self.is_of_a_member())
    }

    /// The member it is about.
    fn member(&self) -> Option<UserId> {
        self.id.parse().ok().filter(|_| self.is_of_a_member())
    }

    fn is_of_a_member(&self) -> bool {
        self.kind == 1 || self.kind == "1" || self.kind == "member"
    }

    /// What cannot be read allows nothing and denies everything.
    fn overwrite(&self) -> Overwrite {
        Overwrite {
            allow: Permissions::read(&self.allow).unwrap_or(Permissions::NONE),
            deny: Permissions::read(&self.deny).unwrap_or(Permissions::ALL),
        }
    }
}

/// A channel or thread, from Discord's object of it; `None` if it is none.
pub fn channel_of(guild: GuildId, channel: &Value) -> Option<Channel> {
    Some(WireChannel::deserialize(channel).ok()?.into_channel(guild))
}

/// Who owns a guild and what its roles permit, from Discord's object of it; `None` if it is none.
pub fn roles_of(guild: GuildId, object: &Value) -> Option<Roles> {
    Some(WireGuild::deserialize(object).ok()?.into_roles(guild))
}

/// A role and what it permits, from Discord's object of it; `None` if it is none.
pub fn role_of(role: &Value) -> Option<(RoleId, Permissions)> {
    let role = WireRole::deserialize(role).ok()?;
    Some((role.id, role.permitted()))
}

impl ReadGuildRoles for Discord {
    async fn roles(&self, guild: GuildId) -> Result<Roles, DiscordError> {
        Ok(self.get::<WireGuild>(&format!("/guilds/{guild}")).await?.into_roles(guild))
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
        let (channels, threads) = (format!("/guilds/{guild}/channels"), format!("/guilds/{guild}/threads/active"));
        let (roles, channels, threads) = tokio::try_join!(
            self.roles(guild),
            self.get::<Vec<WireChannel>>(&channels),
            self.get::<WireThreads>(&threads),
        )?;
        let all = channels.into_iter().chain(threads.threads).map(|channel| channel.into_channel(guild));
        Ok(GuildChannels { roles, channels: all.map(|channel| (channel.id, channel)).collect() })
    }
}

/// A guild as one of its members finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// The guild.
    pub guild: GuildChannels,
    /// What the member may do in each channel: threads aside, which are as their channel.
    pub permissions: BTreeMap<ChannelId, Permissions>,
}

/// A member, as far as it matters what they may do.
#[derive(Deserialize)]
struct WireMember {
    #[serde(default)]
    roles: Vec<RoleId>,
}

impl Discord {
    /// What that member of a guild may do in its channels, by the member's roles and by what channels say about the member:
    /// three requests.
    ///
    /// # Errors
    /// What Discord refuses: also that there is no such member.
    pub async fn membership(&self, guild: GuildId, user: UserId) -> Result<Membership, DiscordError> {
        let (channels, member) = (format!("/guilds/{guild}/channels"), format!("/guilds/{guild}/members/{user}"));
        let (roles, channels, member) = tokio::try_join!(
            self.roles(guild),
            self.get::<Vec<WireChannel>>(&channels),
            self.get::<WireMember>(&member),
        )?;
        let mut found =
            Membership { guild: GuildChannels { roles, channels: BTreeMap::new() }, permissions: BTreeMap::new() };
        for channel in channels {
            let own = channel.overwrite_of(user);
            let channel = channel.into_channel(guild);
            found.permissions.insert(channel.id, found.guild.permissions_of(&channel, user, &member.roles, own));
            found.guild.channels.insert(channel.id, channel);
        }
        Ok(found)
    }
}

/// Archived threads, as far as it matters which there are.
#[derive(Deserialize)]
struct WireArchive {
    #[serde(default)]
    threads: Vec<WireArchivedThread>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct WireArchivedThread {
    id: ChannelId,
    #[serde(default)]
    last_message_id: Option<MessageId>,
    #[serde(default)]
    thread_metadata: WireThreadMetadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireThreadMetadata {
    archive_timestamp: Option<Timestamp>,
}

impl ReadArchivedThreads for Discord {
    async fn archived_threads(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
    ) -> Result<ArchivedThreads, DiscordError> {
        let before = before.map(|at| format!("&before={at}")).unwrap_or_default();
        let path = format!("/channels/{channel}/threads/archived/public?limit={ARCHIVE_PAGE}{before}");
        let WireArchive { threads, has_more } = self.get(&path).await?;
        let last = threads.last().and_then(|thread| thread.thread_metadata.archive_timestamp);
        let thread = |thread: WireArchivedThread| ArchivedThread {
            id: thread.id,
            archived_at: thread.thread_metadata.archive_timestamp,
            last_message: thread.last_message_id,
        };
        let threads = threads.into_iter().map(thread).collect();
        Ok(ArchivedThreads { threads, next: last.filter(|_| has_more) })
    }
}
