//! Looks through the last 48 hours of a channel again, for edits, deletions and what was missed (DESIGN rule 23).

use std::collections::BTreeSet;

use super::{channel::ChannelSync, deps::SyncMemory, stop::Stop};
use crate::{
    domain::{MessageId, Reconciliation},
    ports::{Clock, HistoryPage, ReadHistory, WriteMessages},
};

/// Makes what is stored of a channel what Discord has. `stored` was read before Discord was asked.
pub(super) async fn reconcile<M: SyncMemory, W: WriteMessages, D: ReadHistory, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    stored: &BTreeSet<MessageId>,
) -> Result<(), Stop> {
    let mut progress = channel.cursor.reconciliation(channel.run.begun);
    while let Some(page) = channel.page_after(progress.after).await? {
        let (is_last, read_to) = (page.is_last, page.last_id().unwrap_or(progress.after));
        let deleted = missing(&page, progress.after, stored);
        check_readable(channel, &page, &deleted).await?;
        channel.store(page.entries, deleted).await?;
        progress.after = read_to;
        channel.cursor.read_to(read_to, channel.run.clock.now());
        match is_last {
            true => channel.cursor.reconciled(progress),
            false => channel.cursor.reconciliation = Some(progress),
        }
        channel.save_cursor().await?;
        if is_last {
            return Ok(());
        }
    }
    forget(channel, progress, stored).await
}

/// Stored messages in the stretch of a page that are not on it.
fn missing(page: &HistoryPage, after: MessageId, stored: &BTreeSet<MessageId>) -> Vec<MessageId> {
    let there: BTreeSet<MessageId> = page.entries.iter().map(|entry| entry.id).collect();
    let last = page.last_id().filter(|_| !page.is_last);
    let in_stretch = stored.iter().filter(|id| **id > after && last.is_none_or(|last| **id <= last));
    in_stretch.filter(|id| !there.contains(id)).copied().collect()
}

/// An empty page can mean that everything was deleted, or that the bot may not read what was written before: then the
/// channel is left alone, and nothing is deleted.
async fn check_readable<M: SyncMemory, W: WriteMessages, D: ReadHistory, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    page: &HistoryPage,
    deleted: &[MessageId],
) -> Result<(), Stop> {
    let (true, Some(message)) = (page.entries.is_empty(), deleted.first()) else { return Ok(()) };
    match channel.run.discord.message_exists(channel.id, *message).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(Stop::Unfinished), // whatever that was, the next run looks again
        Err(error) => Err(channel.refused(error).await),
    }
}

/// A channel that is gone takes its messages with it.
async fn forget<M: SyncMemory, W: WriteMessages, D: ReadHistory, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    progress: Reconciliation,
    stored: &BTreeSet<MessageId>,
) -> Result<(), Stop> {
    let deleted = stored.iter().copied().filter(|id| *id > progress.after).collect();
    channel.store(Vec::new(), deleted).await?;
    Ok(channel.run.memory.delete_cursor(channel.run.guild, channel.id).await?)
}
