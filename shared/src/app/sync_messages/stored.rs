//! What is stored of the last 48 hours.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use jiff::Timestamp;

use crate::{
    domain::{ChannelId, Day, GuildId, MessageId, RECONCILED},
    ports::{ReadMessageChannels, StoreError},
};

/// The ids of stored messages by the channel they were written in.
pub(super) type StoredIds = BTreeMap<ChannelId, BTreeSet<MessageId>>;

/// What is stored of the 48 hours before `now`, read before Discord is asked: what Discord then does not have is deleted.
pub(super) async fn stored_ids<W: ReadMessageChannels>(
    messages: &W,
    guild: GuildId,
    now: Timestamp,
) -> Result<StoredIds, StoreError> {
    let (from, today) = (MessageId::last_before(now - RECONCILED), Day::of(now));
    let days = (0..=3).map(|days| today.days_before(days)).filter(|day| *day >= from.day());
    let mut ids = StoredIds::new();
    for day in try_join_all(days.map(|day| messages.message_channels(guild, day))).await? {
        for (message, channel) in day.into_iter().filter(|(message, _)| *message > from) {
            ids.entry(channel).or_default().insert(message);
        }
    }
    Ok(ids)
}
