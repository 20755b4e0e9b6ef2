//! What the gateway says of guilds: their roles, channels and threads, and so which channels are open to the audience. It is
//! decided by guild-memory itself, in the one place that decides it (DESIGN rule 26).

use std::collections::{BTreeMap, BTreeSet};

use guild_memory::{
    adapters::discord::{channel_of, role_of, roles_of},
    domain::{Audience, ChannelId, ChannelKind, GuildChannels, GuildId, OpenChannels, RoleId},
};
use serde_json::Value;

/// The guilds that the gateway has told of. Of others nothing is open.
#[derive(Default)]
pub(crate) struct Guilds {
    /// The roles that are a guild's audience; in a guild that has none of them it is everybody.
    audience_roles: BTreeSet<RoleId>,
    guilds: BTreeMap<GuildId, Guild>,
}

struct Guild {
    state: GuildChannels,
    /// `None` while the guild is away: nothing of it is open then, and nothing closed.
    open: Option<OpenChannels>,
}

impl Guilds {
    pub(crate) fn new(audience_roles: BTreeSet<RoleId>) -> Self {
        Self { audience_roles, guilds: BTreeMap::new() }
    }

    /// Whether what is written there may be remembered.
    pub(crate) fn is_open(&self, guild: GuildId, channel: ChannelId) -> bool {
        self.guilds.get(&guild).and_then(|guild| guild.open.as_ref()).is_some_and(|open| open.contain(channel))
    }

    /// The channel that a thread is in.
    pub(crate) fn parent(&self, guild: GuildId, channel: ChannelId) -> Option<ChannelId> {
        let channel = self.guilds.get(&guild)?.state.channels.get(&channel)?;
        channel.parent
    }

    /// Notes what an event says, and gives the guild in which something may have opened or closed.
    pub(crate) fn note(&mut self, kind: &str, data: &Value) -> Option<GuildId> {
        let guild = id(data, if kind.starts_with("GUILD_") && data["guild_id"].is_null() { "id" } else { "guild_id" })?;
        match kind {
            "GUILD_CREATE" if data["unavailable"] != true => self.begin(guild, data)?,
            "GUILD_CREATE" | "GUILD_DELETE" => return self.leave(guild),
            _ => self.change(guild, kind, data)?,
        }
        Some(guild)
    }

    /// The guild is away for a moment, or the bot was removed. Both can come back, so what is known of it stays.
    fn leave(&mut self, guild: GuildId) -> Option<GuildId> {
        self.guilds.get_mut(&guild)?.open = None;
        None
    }

    /// `None` if the object cannot be read: it does not say that a channel is closed.
    fn begin(&mut self, guild: GuildId, data: &Value) -> Option<()> {
        let roles = roles_of(guild, data)?;
        let threads = data["threads"].as_array().into_iter().flatten();
        let channels = data["channels"].as_array()?.iter().chain(threads);
        let channels = channels.filter_map(|channel| channel_of(guild, channel));
        let mut channels: BTreeMap<_, _> = channels.map(|channel| (channel.id, channel)).collect();
        // Archived threads are not listed, and stay known: the bot is connected again now and then.
        let before = self.guilds.remove(&guild).map(|before| before.state.channels).unwrap_or_default();
        for thread in before.into_values().filter(|channel| channel.kind == ChannelKind::PublicThread) {
            channels.entry(thread.id).or_insert(thread);
        }
        let state = GuildChannels { roles, channels };
        let open = Some(open(&state, &self.audience_roles));
        self.guilds.insert(guild, Guild { state, open });
        Some(())
    }

    fn change(&mut self, guild: GuildId, kind: &str, data: &Value) -> Option<()> {
        let Guild { state, open: Some(is_open) } = self.guilds.get_mut(&guild)? else { return None };
        match kind {
            "GUILD_UPDATE" => state.roles = roles_of(guild, data)?,
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => {
                let (role, permitted) = role_of(&data["role"])?;
                match role == RoleId::everyone(guild) {
                    true => state.roles.everyone = permitted,
                    false => drop(state.roles.permissions.insert(role, permitted)),
                }
            }
            "GUILD_ROLE_DELETE" => drop(state.roles.permissions.remove(&id(data, "role_id")?)),
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                let channel = channel_of(guild, data)?;
                state.channels.insert(channel.id, channel);
            }
            "THREAD_LIST_SYNC" => {
                let threads = data["threads"].as_array()?.iter().filter_map(|thread| channel_of(guild, thread));
                state.channels.extend(threads.map(|thread| (thread.id, thread)));
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => drop(state.channels.remove(&id(data, "id")?)),
            _ => return None,
        }
        *is_open = open(state, &self.audience_roles);
        Some(())
    }
}

fn open(state: &GuildChannels, audience_roles: &BTreeSet<RoleId>) -> OpenChannels {
    let role = audience_roles.iter().find(|role| state.roles.permissions.contains_key(role));
    // When it was read does not matter here: the gateway says what changes.
    state.open_to(Audience::from(role.copied()), Default::default())
}

fn id<T: std::str::FromStr>(data: &Value, name: &str) -> Option<T> {
    data[name].as_str()?.parse().ok()
}
