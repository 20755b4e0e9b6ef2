//! The channels that are open to a guild's audience, as they were last read from Discord.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode},
        keys::Key,
        table::Write,
        tables::MemoryTable,
        time::EpochMillis,
    },
    domain::{ChannelId, GuildId, OpenChannels, RoleId},
    ports::{KeepOpenChannels, ReadOpenChannels, StoreError},
};

impl ReadOpenChannels for MemoryTable {
    async fn open_channels(&self, guild: GuildId) -> Result<Option<OpenChannels>, StoreError> {
        let key = Key::open_channels(guild);
        let item = self.table.get(&key).await?;
        Ok(item.and_then(|item| decode_rebuildable(&key, item)).map(OpenChannelsItem::into_open_channels))
    }
}

impl KeepOpenChannels for MemoryTable {
    async fn keep_open_channels(
        &self,
        guild: GuildId,
        seen: Option<Timestamp>,
        open: &OpenChannels,
    ) -> Result<(), StoreError> {
        let key = Key::open_channels(guild);
        let put = Write::put(encode(&key, OpenChannelsItem::from(open))?);
        let put = match seen {
            None => put.only_if("attribute_not_exists(read_at)"),
            Some(seen) => put.only_if("read_at = :seen").value(":seen", EpochMillis::from(seen)),
        };
        self.table.replace::<OpenChannelsItem>(&key, put).await
    }

    async fn swept(&self, guild: GuildId, read_at: Timestamp) -> Result<(), StoreError> {
        let update = Write::update(&Key::open_channels(guild), "REMOVE sweep_due");
        let update = update.only_if("read_at = :read_at").value(":read_at", EpochMillis::from(read_at));
        self.table.write(update).await
    }
}

/// Which channels are open, and to whom.
#[derive(Serialize, Deserialize)]
struct OpenChannelsItem {
    /// The role of the audience; none: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience_role: Option<RoleId>,
    channels: BTreeSet<ChannelId>,
    /// The channel that each public thread is in, and the category of each channel.
    threads: BTreeMap<ChannelId, ChannelId>,
    read_at: EpochMillis,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sweep_due: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sweep_again_at: Option<EpochMillis>,
}

impl From<&OpenChannels> for OpenChannelsItem {
    fn from(open: &OpenChannels) -> Self {
        let OpenChannels { audience, channels, parents, read_at, sweep_due, sweep_again_at } = open.clone();
        Self {
            audience_role: audience.role(),
            channels,
            threads: parents,
            read_at: read_at.into(),
            sweep_due,
            sweep_again_at: sweep_again_at.map(EpochMillis::from),
        }
    }
}

impl OpenChannelsItem {
    fn into_open_channels(self) -> OpenChannels {
        let Self { audience_role, channels, threads, read_at, sweep_due, sweep_again_at } = self;
        OpenChannels {
            audience: audience_role.into(),
            channels,
            parents: threads,
            read_at: read_at.into(),
            sweep_due,
            sweep_again_at: sweep_again_at.map(Timestamp::from),
        }
    }
}
