//! Which channels of a guild are read, and from where on.

use std::collections::{BTreeMap, BTreeSet};

use super::stored::StoredIds;
use crate::domain::{Channel, ChannelId, ChannelKind, Cursor, GuildChannels, GuildSettings, MessageId, OpenChannels};

/// A channel that is looked at.
pub(super) struct Selected {
    pub(super) channel: ChannelId,
    pub(super) cursor: Cursor,
    /// What Discord calls its last message.
    pub(super) last_message: Option<MessageId>,
    pub(super) purpose: Purpose,
}

/// What a channel is looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Everything that is written in it.
    Reading,
    /// What became of that which is stored of it: it is not read, or not any more.
    Reviewing,
}

/// The channels of a guild that are looked at.
pub(super) struct Selection {
    /// Those that Discord lists and that are read.
    pub(super) listed: Vec<Selected>,
    /// Those with something stored of late, or read before, that it does not list or that are left out: a thread may be
    /// archived or gone, a channel is gone or was never read.
    pub(super) others: Vec<Selected>,
}

/// The channels that `settings` has read, each with its cursor or a new one, and every other one of which something was
/// `stored` of late (DESIGN rule 23).
pub(super) fn select(
    channels: &GuildChannels,
    open: &OpenChannels,
    mut cursors: BTreeMap<ChannelId, Cursor>,
    settings: &GuildSettings,
    stored: &StoredIds,
    new_cursor: impl Fn(Option<ChannelId>) -> Cursor,
) -> Selection {
    let begin = |channel: &ChannelId, parent| {
        let cursor = new_cursor(parent);
        if stored.contains_key(channel) { cursor.never_reconciled() } else { cursor }
    };
    let mut listed = Vec::new();
    for channel in channels.channels.values().filter(|channel| is_read(channel, open, settings)) {
        let cursor = cursors.remove(&channel.id).unwrap_or_else(|| begin(&channel.id, parent_of_thread(channel)));
        let last_message = channel.last_message;
        listed.push(Selected { channel: channel.id, cursor, last_message, purpose: Purpose::Reading });
    }
    let is_read: BTreeSet<ChannelId> = listed.iter().map(|selected| selected.channel).collect();
    for channel in stored.keys().filter(|channel| !is_read.contains(channel)) {
        cursors.entry(*channel).or_insert_with(|| begin(channel, open.parents.get(channel).copied()));
    }
    // What is not open was swept. What is listed and neither read nor stored of late is left alone.
    let is_looked_at = |id: &ChannelId| stored.contains_key(id) || !channels.channels.contains_key(id);
    let others = cursors.into_iter().filter(|(id, _)| open.contain(*id) && is_looked_at(id));
    let others = others.map(|(channel, cursor)| {
        let is_named = settings.read(open.around(channel));
        let purpose = if is_named { Purpose::Reading } else { Purpose::Reviewing };
        Selected { channel, cursor, last_message: None, purpose }
    });
    Selection { others: others.collect(), listed }
}

/// Whether a channel is read: it is open to the audience, and named, if any were: itself, what a thread is in, or the
/// category of a channel.
fn is_read(channel: &Channel, open: &OpenChannels, settings: &GuildSettings) -> bool {
    channel.kind.has_messages() && is_named(channel, open, settings)
}

/// The same for a channel that may hold nothing but threads.
pub(super) fn is_named(channel: &Channel, open: &OpenChannels, settings: &GuildSettings) -> bool {
    open.contain(channel.id) && settings.read(open.around(channel.id))
}

fn parent_of_thread(channel: &Channel) -> Option<ChannelId> {
    channel.parent.filter(|_| channel.kind == ChannelKind::PublicThread)
}
