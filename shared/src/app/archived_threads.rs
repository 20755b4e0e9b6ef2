//! Archived threads: Discord lists them by channel only, so that they are looked for when something is stored of one.

use std::collections::BTreeSet;

use crate::{
    domain::{ChannelId, Day, GuildId, OpenChannels},
    ports::{DiscordError, KeepOpenChannels, ReadArchivedThreads, ReadChannelsOfDay, ReadLedgers, StoreError},
};

/// Pages of archived threads that are asked for at a time.
const MAX_PAGES: usize = 200;

/// Finds archived threads of open channels that something is stored of.
pub(super) struct ArchivedThreadSearch<'a, S, M, D> {
    pub(super) memory: &'a S,
    pub(super) messages: &'a M,
    pub(super) discord: &'a D,
    pub(super) guild: GuildId,
}

impl<S: KeepOpenChannels, M: ReadChannelsOfDay, D: ReadArchivedThreads> ArchivedThreadSearch<'_, S, M, D> {
    /// The same with the threads of every day that something is stored of: what is swept is gone, and these are open.
    pub(super) async fn before_sweep(&self, open: OpenChannels) -> Result<OpenChannels, StoreError>
    where
        S: ReadLedgers,
    {
        let days: Vec<Day> = self.memory.ledgers_of_guild(self.guild).await?.into_keys().collect();
        self.of_days(open, &days).await
    }

    /// The open channels, with the public threads in them that something of these days was written in. They stay known.
    pub(super) async fn of_days(&self, mut open: OpenChannels, days: &[Day]) -> Result<OpenChannels, StoreError> {
        let mut unknown = BTreeSet::new();
        for day in days {
            unknown.extend(self.messages.channels_of_day(self.guild, *day).await?.channels);
        }
        unknown.retain(|channel| !open.channels.contains(channel) && !open.parents.contains_key(channel));
        let (Some(oldest), false) = (days.iter().min(), unknown.is_empty()) else { return Ok(open) };
        let search = Search { discord: self.discord, unknown, oldest: *oldest };
        let found = search.in_channels(&open.channels).await;
        if found.is_empty() {
            return Ok(open);
        }
        open.parents.extend(found);
        match self.memory.keep_open_channels(self.guild, Some(open.read_at), &open).await {
            // Somebody has looked again meanwhile: what was found here is found again with the next question.
            Ok(()) | Err(StoreError::Conflict) => Ok(open),
            Err(error) => Err(error),
        }
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
