//! One channel in one run: the next page, what is stored of it, and the cursor.

use std::collections::BTreeSet;

use tracing::Instrument as _;

use super::{
    deps::{SyncDiscord, SyncMemory, SyncMessages},
    run::GuildRun,
    selection::{Purpose, Selected},
    stop::Stop,
};
use crate::{
    app::ingest_messages::Batch,
    domain::{ChannelId, Cursor, Message, MessageId},
    ports::{Clock, DiscordError, EntryKind, HistoryEntry, HistoryPage},
};

/// A channel that is read.
pub(super) struct ChannelSync<'a, M, W, D, C> {
    pub(super) run: &'a GuildRun<'a, M, W, D, C>,
    pub(super) id: ChannelId,
    pub(super) cursor: Cursor,
    /// What Discord calls its last message.
    pub(super) last_message: Option<MessageId>,
    pub(super) purpose: Purpose,
    /// Discord said in this run that the bot may not read it.
    pub(super) was_refused: bool,
    /// What was stored of it so far.
    pub(super) counts: Counts,
}

/// What became of messages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) stored: usize,
    pub(super) updated: usize,
    pub(super) deleted: usize,
}

impl<'a, M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock> ChannelSync<'a, M, W, D, C> {
    pub(super) fn new(run: &'a GuildRun<'a, M, W, D, C>, selected: Selected) -> Self {
        let Selected { channel: id, cursor, last_message, purpose } = selected;
        Self { run, id, cursor, last_message, purpose, was_refused: false, counts: Counts::default() }
    }

    /// Whether it is time to look for edits and deletions, given what is stored of it of late, and the bot may read it.
    pub(super) fn is_reconciliation_due(&self, stored: &BTreeSet<MessageId>) -> bool {
        let newest = self.last_message.max(stored.last().copied());
        !self.cursor.is_left_alone(self.run.begun) && self.cursor.is_reconciliation_due(newest, self.run.begun)
    }

    /// The next page of the channel; `None` if there is no such channel any more.
    pub(super) async fn page_after(&mut self, after: MessageId) -> Result<Option<HistoryPage>, Stop> {
        if self.run.deadline.is_reached() {
            return Err(Stop::Unfinished);
        }
        let span = tracing::info_span!(
            target: "span",
            "read_page",
            guild = %self.run.guild,
            channel = %self.id,
            after = %after,
        );
        match self.run.discord.messages_after(self.id, after).instrument(span).await {
            Ok(page) => {
                self.run.intent.check(self.run.discord, &page).await?;
                Ok(Some(page))
            }
            Err(error) if error.is_unknown_channel() => Ok(None),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// Why it ends here. That the bot may not read the channel is saved when what is stored of it is gone: a run that dies
    /// before would else be the last one that knows.
    pub(super) fn refused(&mut self, error: DiscordError) -> Stop {
        let stop = Stop::from(error);
        if let Stop::Forbidden = stop {
            self.was_refused = true;
            self.cursor.leave_alone(self.run.begun);
        }
        stop
    }

    /// Stores what people said on a page, and notes what was deleted.
    pub(super) async fn store(&mut self, page: Vec<HistoryEntry>, deleted: Vec<MessageId>) -> Result<(), Stop> {
        let messages: Vec<Message> = page.into_iter().filter_map(said).collect();
        if messages.is_empty() && deleted.is_empty() {
            return Ok(());
        }
        self.run.authors.note(&messages);
        let _one_at_a_time = self.run.writing.lock().await;
        let outcome = self.run.writer().apply_batch(Batch { messages, deleted, ..Batch::default() }).await?;
        self.counts.stored += outcome.stored;
        self.counts.updated += outcome.updated;
        self.counts.deleted += outcome.deleted;
        Ok(())
    }

    /// Notes that everything up to there was read.
    pub(super) fn read_to(&mut self, last: MessageId) {
        // What is only reviewed is read from its cursor on when it is read again.
        let last = if self.purpose == Purpose::Reading { last } else { self.cursor.after };
        self.cursor.read_to(last, self.run.clock.now());
    }

    /// Saves how far the channel was read.
    pub(super) async fn save_cursor(&self) -> Result<(), Stop> {
        Ok(self.run.memory.save_cursor(self.run.guild, self.id, &self.cursor).await?)
    }
}

fn said(entry: HistoryEntry) -> Option<Message> {
    match entry.kind {
        EntryKind::Said(message) => Some(*message),
        EntryKind::Hidden | EntryKind::Other => None,
    }
}
