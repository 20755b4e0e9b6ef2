//! Archived threads: Discord lists them by channel only, so that they are looked for when something is stored of one.

use std::collections::BTreeSet;

use super::Deadline;
use crate::{
    domain::{ChannelId, Day, GuildId, OpenChannels},
    ports::{DiscordError, KeepOpenChannels, ReadArchivedThreads, ReadChannelsOfDay, ReadLedgers, StoreError},
};

/// Pages of archived threads that are asked for to answer one question.
const MAX_PAGES: usize = 200;

/// Finds archived threads of open channels that something is stored of.
pub(super) struct ArchivedThreadSearch<'a, S, M, D> {
    pub(super) memory: &'a S,
    pub(super) messages: &'a M,
    pub(super) discord: &'a D,
    pub(super) guild: GuildId,
}

/// What is open by what was found.
pub(super) struct Searched {
    /// The open channels, with the threads in them.
    pub(super) open: OpenChannels,
    /// Everything was looked through, and what was found is kept: what is not in `open` is closed, or gone.
    pub(super) is_complete: bool,
}

impl<S: KeepOpenChannels, M: ReadChannelsOfDay, D: ReadArchivedThreads> ArchivedThreadSearch<'_, S, M, D> {
    /// The open channels, with the public threads in them that something of any day is stored of, as far as there is time to
    /// look for them: what is then swept is gone, so that only a complete search is followed by a sweep.
    pub(super) async fn before_sweep(&self, open: OpenChannels, deadline: Deadline) -> Result<Searched, StoreError>
    where
        S: ReadLedgers,
    {
        let days: Vec<Day> = self.memory.ledgers_of_guild(self.guild).await?.into_keys().collect();
        self.search(open, &days, Limits { pages: usize::MAX, deadline: Some(deadline) }).await
    }

    /// The open channels, with the public threads in them that something of these days was written in, as far as they are
    /// found. They stay known.
    pub(super) async fn of_days(&self, open: OpenChannels, days: &[Day]) -> Result<OpenChannels, StoreError> {
        Ok(self.search(open, days, Limits { pages: MAX_PAGES, deadline: None }).await?.open)
    }

    async fn search(&self, mut open: OpenChannels, days: &[Day], limits: Limits) -> Result<Searched, StoreError> {
        let mut unknown = BTreeSet::new();
        for day in days {
            unknown.extend(self.messages.channels_of_day(self.guild, *day).await?.channels);
        }
        unknown.retain(|channel| !open.channels.contains(channel) && !open.parents.contains_key(channel));
        let Some(oldest) = days.iter().min() else { return Ok(Searched { open, is_complete: true }) };
        let mut search =
            Search { discord: self.discord, unknown, oldest: *oldest, limits, found: Vec::new(), is_complete: true };
        search.in_channels(&open.channels).await;
        let Search { found, is_complete, .. } = search;
        if found.is_empty() {
            return Ok(Searched { open, is_complete });
        }
        open.parents.extend(found);
        match self.memory.keep_open_channels(self.guild, Some(open.read_at), &open).await {
            Ok(()) => Ok(Searched { open, is_complete }),
            // Somebody has looked again meanwhile: what was found here is found again with the next question.
            Err(StoreError::Conflict) => Ok(Searched { open, is_complete: false }),
            Err(error) => Err(error),
        }
    }
}

/// How long is looked.
struct Limits {
    pages: usize,
    deadline: Option<Deadline>,
}

impl Limits {
    /// Whether another page may be asked for, which is counted.
    fn allow_a_page(&mut self) -> bool {
        let in_time = !self.deadline.is_some_and(Deadline::is_reached);
        let allowed = in_time && self.pages > 0;
        self.pages -= usize::from(allowed);
        allowed
    }
}

/// What is looked for, and what was found.
struct Search<'a, D> {
    discord: &'a D,
    unknown: BTreeSet<ChannelId>,
    /// A thread that was archived before this day has nothing of it.
    oldest: Day,
    limits: Limits,
    /// Threads, with their channels.
    found: Vec<(ChannelId, ChannelId)>,
    is_complete: bool,
}

impl<D: ReadArchivedThreads> Search<'_, D> {
    /// A channel that Discord itself does not know, does not show, or says to be of a kind without threads has none that
    /// count. Any other failure leaves unsaid what is in it, and where Discord does not answer at all, the search ends.
    async fn in_channels(&mut self, channels: &BTreeSet<ChannelId>) {
        for channel in channels {
            match self.in_channel(*channel).await {
                Ok(()) => {}
                Err(error) if error.is_unknown_channel() || error.is_missing_access() || error.is_wrong_kind() => {}
                Err(error) => {
                    self.is_complete = false;
                    if matches!(error, DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. }) {
                        return;
                    }
                }
            }
        }
    }

    async fn in_channel(&mut self, channel: ChannelId) -> Result<(), DiscordError> {
        let mut before = None;
        while !self.unknown.is_empty() {
            if !self.limits.allow_a_page() {
                self.is_complete = false;
                return Ok(());
            }
            let page = self.discord.archived_threads(channel, before).await?;
            let threads = page.threads.into_iter().map(|thread| thread.id).filter(|thread| self.unknown.remove(thread));
            self.found.extend(threads.map(|thread| (thread, channel)));
            before = page.next.filter(|next| *next > self.oldest.start());
            if before.is_none() {
                break;
            }
        }
        Ok(())
    }
}
