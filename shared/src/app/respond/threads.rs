//! Archived threads: Discord lists them by channel only, so that they are looked for when something was written in one.

use std::collections::BTreeSet;

use super::deps::{Deps, RespondMemory};
use crate::{
    domain::{ChannelId, Day, GuildId, OpenChannels},
    ports::{DiscordError, ReadArchivedThreads, ReadChannelsOfDay, StoreError},
};

/// Pages of archived threads that are asked for to answer one question.
const MAX_PAGES: usize = 200;

/// The open channels, with the public threads in them that something of these days was written in. They stay known.
pub(super) async fn with_archived_threads<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    guild: GuildId,
    mut open: OpenChannels,
    days: &[Day],
) -> Result<OpenChannels, StoreError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    D: ReadArchivedThreads,
{
    let mut unknown = BTreeSet::new();
    for day in days {
        unknown.extend(deps.messages.channels_of_day(guild, *day).await?.channels);
    }
    unknown.retain(|channel| !open.channels.contains(channel) && !open.threads.contains_key(channel));
    let (Some(oldest), false) = (days.iter().min(), unknown.is_empty()) else { return Ok(open) };
    let search = Search { discord: &deps.channels, unknown, oldest: *oldest };
    let found = search.in_channels(&open.channels).await;
    if found.is_empty() {
        return Ok(open);
    }
    open.threads.extend(found);
    match deps.memory.keep_open_channels(guild, Some(open.read_at), &open).await {
        // Somebody has looked again meanwhile: what was found here is found again with the next question.
        Ok(()) | Err(StoreError::Conflict) => Ok(open),
        Err(error) => Err(error),
    }
}

/// What is looked for.
struct Search<'a, D> {
    discord: &'a D,
    unknown: BTreeSet<ChannelId>,
    /// A thread that was archived before this day has nothing of it.
    oldest: Day,
}

impl<D: ReadArchivedThreads> Search<'_, D> {
    /// Threads that were found, with their channels. A channel that has no threads, or does not show them, has none that
    /// count; where Discord does not answer at all, the search ends.
    async fn in_channels(mut self, channels: &BTreeSet<ChannelId>) -> Vec<(ChannelId, ChannelId)> {
        let (mut found, mut pages) = (Vec::new(), MAX_PAGES);
        for channel in channels {
            if self.unknown.is_empty() || pages == 0 {
                break;
            }
            match self.in_channel(*channel, &mut pages).await {
                Ok(threads) => found.extend(threads.into_iter().map(|thread| (thread, *channel))),
                Err(DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. }) => break,
                Err(_) => {}
            }
        }
        found
    }

    async fn in_channel(&mut self, channel: ChannelId, pages: &mut usize) -> Result<Vec<ChannelId>, DiscordError> {
        let (mut found, mut before) = (Vec::new(), None);
        while *pages > 0 && !self.unknown.is_empty() {
            *pages -= 1;
            let page = self.discord.archived_threads(channel, before).await?;
            found.extend(page.threads.into_iter().filter(|thread| self.unknown.remove(thread)));
            before = page.next.filter(|next| *next > self.oldest.start());
            if before.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
