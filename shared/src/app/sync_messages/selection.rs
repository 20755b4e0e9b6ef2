//! Which channels of a guild are read, and from where on.

use std::collections::BTreeMap;

use crate::domain::{Channel, ChannelId, ChannelKind, Cursor, GuildChannels, GuildSettings, MessageId};

/// A channel that is to be read.
pub(super) struct Selected {
    pub(super) channel: ChannelId,
    pub(super) cursor: Cursor,
    /// What Discord calls its last message.
    pub(super) last_message: Option<MessageId>,
}

/// The channels of a guild that are to be read.
pub(super) struct Selection {
    /// Those that Discord lists.
    pub(super) listed: Vec<Selected>,
    /// Those with a cursor that it does not list: a thread may be archived or gone, and a channel is gone.
    pub(super) unlisted: Vec<Selected>,
}

/// The channels that `settings` has read, each with its cursor or a new one. What is listed and not read any more is left
/// alone.
pub(super) fn select(
    channels: &GuildChannels,
    mut cursors: BTreeMap<ChannelId, Cursor>,
    settings: &GuildSettings,
    new_cursor: impl Fn(Option<ChannelId>) -> Cursor,
) -> Selection {
    let mut listed = Vec::new();
    for channel in channels.channels.values().filter(|channel| is_read(channel, channels, settings)) {
        let cursor = cursors.remove(&channel.id).unwrap_or_else(|| new_cursor(parent_of_thread(channel)));
        listed.push(Selected { channel: channel.id, cursor, last_message: channel.last_message });
    }
    cursors.retain(|id, _| !channels.channels.contains_key(id));
    let unlisted = cursors.into_iter().map(|(channel, cursor)| Selected { channel, cursor, last_message: None });
    Selection { listed, unlisted: unlisted.collect() }
}

/// Whether a channel is read: one that was named and the public threads in it, or, if none were, one that everybody may
/// see.
fn is_read(channel: &Channel, channels: &GuildChannels, settings: &GuildSettings) -> bool {
    let has_messages = match channel.kind {
        ChannelKind::Text | ChannelKind::Voice | ChannelKind::PublicThread | ChannelKind::PrivateThread => true,
        ChannelKind::Forum | ChannelKind::Other => false,
    };
    has_messages
        && if settings.channels.is_empty() {
            channels.everybody_reads(channel.id)
        } else {
            settings.reads(channel.id, parent_of_thread(channel))
        }
}

fn parent_of_thread(channel: &Channel) -> Option<ChannelId> {
    channel.parent.filter(|_| channel.kind == ChannelKind::PublicThread)
}
