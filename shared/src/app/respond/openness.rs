//! Whether everybody may read what a day's summary was made from.

use jiff::Timestamp;

use crate::{
    domain::{Audience, ChannelId, Day, DayRecord, GuildChannels, GuildId},
    ports::{DiscordError, ReadChannels, ReadChannelsOfDay, StoreError},
};

/// Channels that are in no list (archived threads) and are asked for one by one; with more of them a day is not told.
const MAX_UNLISTED: usize = 30;

/// Why it is not known who may read what was said.
pub(super) enum Unknown {
    Store(StoreError),
    Discord(DiscordError),
}

/// Whether everybody may read every channel and thread the day's messages were written in, by what Discord says now. It is
/// asked after the summary was read, so that every message in it is among them; where some have expired, nobody knows.
pub(super) async fn is_open<M: ReadChannelsOfDay, D: ReadChannels>(
    messages: &M,
    channels: &D,
    guild: GuildId,
    day: Day,
    seen: &DayRecord,
) -> Result<bool, Unknown> {
    let written = messages.channels_of_day(guild, day).await.map_err(Unknown::Store)?;
    if written.messages < seen.ledger.map_or(0, |ledger| ledger.message_count) {
        return Ok(false);
    }
    let mut known = channels.channels(guild).await.map_err(Unknown::Discord)?;
    let unlisted: Vec<ChannelId> =
        written.channels.iter().copied().filter(|id| !known.channels.contains_key(id)).collect();
    if unlisted.len() > MAX_UNLISTED {
        return Ok(false);
    }
    look_up(channels, guild, &unlisted, &mut known).await.map_err(Unknown::Discord)?;
    let open = known.open_to(Audience::Everyone, Timestamp::UNIX_EPOCH);
    Ok(!written.channels.is_empty() && written.channels.iter().all(|id| open.contain(*id)))
}

async fn look_up<D: ReadChannels>(
    channels: &D,
    guild: GuildId,
    unlisted: &[ChannelId],
    known: &mut GuildChannels,
) -> Result<(), DiscordError> {
    for id in unlisted {
        if let Some(channel) = channels.channel(guild, *id).await? {
            known.channels.insert(*id, channel);
        }
    }
    Ok(())
}
