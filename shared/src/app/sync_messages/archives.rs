//! Threads that are archived: Discord lists them by channel only, so that one that began and was archived between two runs is
//! in no list of a guild's. They are looked for in each channel that is read, once an hour, and at the first time as far back
//! as messages are read.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    channel::ChannelSync,
    deps::{SyncDiscord, SyncMemory, SyncMessages},
    run::{GuildRun, at_once},
    selection::{Purpose, Selected, Selection, is_named},
    stop::{Failure, Stop},
};
use crate::{
    domain::{Channel, ChannelId, ChannelKind, Cursor, GuildChannels, GuildSettings, OpenChannels},
    ports::{ArchivedThread, Clock, DiscordError, StoreError},
};

/// How long after the archive of a channel was looked through the next look is due.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The archive of a channel, as far as it is new.
pub(super) struct Archive {
    channel: ChannelId,
    /// The channel's own cursor, where it has no messages that are read.
    cursor: Option<Cursor>,
    threads: Vec<ArchivedThread>,
}

/// Looks through the archives of the channels that are read, where it is time. One that cannot be looked through is looked
/// through by the next run.
pub(super) async fn look<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    channels: &GuildChannels,
    open: &OpenChannels,
    settings: &GuildSettings,
    cursors: &BTreeMap<ChannelId, Cursor>,
    new_cursor: impl Fn(Option<ChannelId>) -> Cursor,
) -> Vec<Archive>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let has_threads = |channel: &&Channel| matches!(channel.kind, ChannelKind::Text | ChannelKind::Forum);
    let looks = channels.channels.values().filter(has_threads).filter(|channel| is_named(channel, open, settings));
    let looks = looks.filter_map(|channel| {
        let cursor = cursors.get(&channel.id).cloned().unwrap_or_else(|| new_cursor(None));
        let since = cursor.archive_since(run.begun, LOOK_EVERY, channel.last_message)?;
        Some(async move {
            let threads = archived_since(run, channel.id, since).await.ok()?;
            let cursor =
                (channel.kind == ChannelKind::Forum).then_some(Cursor { complete_at: channel.last_message, ..cursor });
            Some(Archive { channel: channel.id, cursor, threads })
        })
    });
    at_once(looks).await.into_iter().flatten().collect()
}

async fn archived_since<M, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    channel: ChannelId,
    since: Timestamp,
) -> Result<Vec<ArchivedThread>, Stop> {
    let (mut threads, mut before) = (Vec::new(), None);
    loop {
        if run.deadline.is_reached() {
            return Err(Stop::Unfinished);
        }
        let page = match run.discord.archived_threads(channel, before).await {
            Ok(page) => page,
            Err(error) if has_none(&error) => return Ok(threads),
            Err(error) => return Err(Stop::from(error)),
        };
        threads.extend(page.threads.into_iter().filter(|thread| thread.archived_at.is_none_or(|at| at > since)));
        before = page.next.filter(|next| *next > since);
        if before.is_none() {
            return Ok(threads);
        }
    }
}

/// Discord itself says that there is nothing that anybody could read.
fn has_none(error: &DiscordError) -> bool {
    error.is_unknown_channel() || error.is_missing_access() || error.is_wrong_kind()
}

/// The open channels with the threads that were found: what is read of them is stored.
pub(super) async fn keep_open<M: SyncMemory, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    mut open: OpenChannels,
    archives: &mut Vec<Archive>,
) -> Result<OpenChannels, StoreError> {
    let found = archives.iter().flat_map(|archive| archive.threads.iter().map(|thread| (thread.id, archive.channel)));
    let new: Vec<_> = found.filter(|(thread, _)| !open.parents.contains_key(thread)).collect();
    if new.is_empty() {
        return Ok(open);
    }
    let before = open.clone();
    open.parents.extend(new);
    match run.memory.keep_open_channels(run.guild, Some(open.read_at), &open).await {
        Ok(()) => Ok(open),
        // Somebody has looked again meanwhile: the next run finds them again.
        Err(StoreError::Conflict) => {
            archives.clear();
            Ok(before)
        }
        Err(error) => Err(error),
    }
}

/// Has the threads read that were found, beside what is read anyway.
pub(super) fn select(
    selection: &mut Selection,
    archives: &[Archive],
    new_cursor: impl Fn(Option<ChannelId>) -> Cursor,
) {
    for (thread, parent) in archives.iter().flat_map(|of| of.threads.iter().map(|thread| (thread, of.channel))) {
        if selection.listed.iter().any(|listed| listed.channel == thread.id) {
            continue;
        }
        let known = selection.others.iter().position(|other| other.channel == thread.id);
        let cursor = known.map(|at| selection.others.remove(at).cursor).unwrap_or_else(|| new_cursor(Some(parent)));
        let (channel, last_message) = (thread.id, thread.last_message);
        selection.listed.push(Selected { channel, cursor, last_message, purpose: Purpose::Reading });
    }
}

/// Notes which archives were looked through: those of which every thread was read to its end.
pub(super) async fn note<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    archives: Vec<Archive>,
    channels: &mut [ChannelSync<'_, M, W, D, C>],
    is_read: impl Fn(ChannelId) -> bool,
) -> Result<(), Failure>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    for archive in archives.into_iter().filter(|archive| archive.threads.iter().all(|thread| is_read(thread.id))) {
        let own = channels.iter_mut().find(|channel| channel.id == archive.channel);
        let cursor = match (archive.cursor, own) {
            (Some(cursor), _) => Cursor { archive_read_at: Some(run.begun), ..cursor },
            (None, Some(channel)) => {
                channel.cursor.archive_read_at = Some(run.begun);
                channel.cursor.clone()
            }
            (None, None) => continue,
        };
        run.memory.save_cursor(run.guild, archive.channel, &cursor).await?;
    }
    Ok(())
}
