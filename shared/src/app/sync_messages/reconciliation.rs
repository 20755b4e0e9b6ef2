//! Looks through the last 48 hours of a channel again, for edits, deletions and what was missed (DESIGN rule 23).
//!
//! A deletion is concluded from Discord's own word for it, or from a full page that does not have the message. Anything else
//! may be a page of a proxy's, or the answer of a Discord that is not well.

use std::collections::BTreeSet;

use super::{
    channel::ChannelSync,
    deps::{SyncDiscord, SyncMemory, SyncMessages},
    selection::Purpose,
    stop::Stop,
};
use crate::{
    domain::{MessageId, Reconciliation},
    ports::{Clock, HistoryPage},
};

/// Makes what is stored of a channel what Discord has. `stored` was read before Discord was asked.
pub(super) async fn reconcile<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    stored: &BTreeSet<MessageId>,
) -> Result<(), Stop> {
    let mut progress = channel.cursor.reconciliation(channel.run.begun);
    while let Some(mut page) = channel.page_after(progress.after).await? {
        let (is_last, read_to) = (page.is_last, page.last_id().unwrap_or(progress.after));
        let deleted = missing(&page, progress.after, stored);
        if channel.purpose == Purpose::Reviewing {
            page.entries.retain(|entry| stored.contains(&entry.id));
        }
        channel.store(page.entries, if is_last { Vec::new() } else { deleted.clone() }).await?;
        if is_last {
            delete_what_is_gone(channel, deleted).await?;
        }
        progress.after = read_to;
        channel.read_to(read_to);
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

/// What a page that is not full does not have is asked for one by one: it may be short because the bot may not read what was
/// written before, or for no reason at all. What was found to be gone stays found, whatever comes of the rest.
async fn delete_what_is_gone<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    missing: Vec<MessageId>,
) -> Result<(), Stop> {
    let (mut gone, mut end) = (Vec::new(), Ok(()));
    for message in missing {
        match exists(channel, message).await {
            Ok(false) => gone.push(message),
            Ok(true) => end = Err(Stop::Unfinished), // whatever that was, the next run looks again
            Err(stop) => {
                end = Err(stop);
                break;
            }
        }
    }
    channel.store(Vec::new(), gone).await?;
    end
}

async fn exists<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    message: MessageId,
) -> Result<bool, Stop> {
    if channel.run.deadline.is_reached() {
        return Err(Stop::Unfinished);
    }
    match channel.run.discord.message_exists(channel.id, message).await {
        Ok(exists) => Ok(exists),
        Err(error) => Err(channel.refused(error)),
    }
}

/// A channel that is gone takes its messages with it.
async fn forget<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
    progress: Reconciliation,
    stored: &BTreeSet<MessageId>,
) -> Result<(), Stop> {
    let deleted = stored.iter().copied().filter(|id| *id > progress.after).collect();
    channel.store(Vec::new(), deleted).await?;
    Ok(channel.run.memory.delete_cursor(channel.run.guild, channel.id).await?)
}
