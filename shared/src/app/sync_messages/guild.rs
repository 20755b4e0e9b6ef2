//! A guild: what is known of it, what is new in its channels, and what changed of late.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use futures::{StreamExt as _, future::join_all, stream};
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::{
    channel::{ChannelSync, Counts},
    deps::{Deps, Settings, SyncMemory},
    news::read_news,
    reconciliation::reconcile,
    run::GuildRun,
    selection::{Selection, select},
    stop::{Failure, Stop, UnknownToken},
};
use crate::{
    app::{Deadline, audience::keep_audience},
    contract::GuildReport,
    domain::{ChannelId, Cursor, Day, GuildId, MessageId, RECONCILED},
    ports::{Clock, ReadChannels, ReadHistory, ReadMessages, StoreError, WriteMessages},
};

/// Channels of a guild read at the same time.
const CONCURRENT_CHANNELS: usize = 4;

const NOTHING_TO_READ: &str = "the bot can read no channel of this guild: give it View Channel and Read Message History \
     where everybody has them, or name channels in the guild's settings";

/// Everything there is time for.
pub(super) async fn sync_guild<M, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
    deadline: Deadline,
) -> Result<GuildReport, UnknownToken>
where
    M: SyncMemory,
    W: ReadMessages + WriteMessages,
    D: ReadChannels + ReadHistory,
    C: Clock,
{
    let mut report = nothing_yet(guild);
    let outcome = match load(deps, guild, begun, deadline).await {
        Ok((run, selection)) => sync_channels(&run, selection, &mut report).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => {}
        Err(Failure::UnknownToken) => return Err(UnknownToken),
        Err(Failure::Problem(problem)) => report.problems.push(problem),
    }
    report.complete &= report.problems.is_empty();
    report.problems.sort();
    report.problems.dedup();
    Ok(report)
}

fn nothing_yet(guild_id: GuildId) -> GuildReport {
    GuildReport {
        guild_id,
        channels: 0,
        forbidden: 0,
        stored: 0,
        updated: 0,
        deleted: 0,
        complete: false,
        closing: None,
        problems: Vec::new(),
    }
}

/// What was decided for the guild, how far it was read, and what Discord lists.
async fn load<M, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
    deadline: Deadline,
) -> Result<(GuildRun<'_, M, W, D, C>, Selection), Failure>
where
    M: SyncMemory,
    D: ReadChannels,
{
    let Deps { memory, messages, discord, clock, settings: Settings { backfill_days, retention, .. }, .. } = deps;
    let (settings, mut cursors) = tokio::try_join!(memory.settings(guild), memory.cursors(guild))?;
    cursors.retain(|_, cursor| begun < cursor.expires_at);
    let channels = discord.channels(guild).await?;
    let open = keep_audience(memory, guild, settings.audience, &channels, begun).await?;
    let selection = select(&channels, &open, cursors, &settings, |parent| Cursor::new(parent, begun, *backfill_days));
    let (kept_days, least_days) = (settings.kept_days(*retention), retention.least);
    let writing = Mutex::new(());
    Ok((
        GuildRun { memory, messages, discord, clock, guild, begun, deadline, kept_days, least_days, writing },
        selection,
    ))
}

/// Reads what is new in each channel, and then what changed of late in those where it is time to look.
async fn sync_channels<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    selection: Selection,
    report: &mut GuildReport,
) -> Result<(), Failure>
where
    M: SyncMemory,
    W: ReadMessages + WriteMessages,
    D: ReadHistory,
    C: Clock,
{
    let begin = |selected| ChannelSync::new(run, selected);
    let mut channels: Vec<_> = selection.listed.into_iter().map(begin).collect();
    report.channels = channels.len();
    let ends = at_once(channels.iter_mut().map(read_news)).await;
    report.complete = ends.iter().all(|end| matches!(end, Ok(()) | Err(Stop::Forbidden)));
    note(ends, report)?;
    if report.forbidden == report.channels {
        report.problems.push(NOTHING_TO_READ.to_owned());
    }

    channels.extend(selection.unlisted.into_iter().map(begin));
    let ends = reconcile_those_due(run, &mut channels).await;
    channels.iter().for_each(|channel| add(channel.counts, report));
    note(ends?, report)
}

/// Looks for edits and deletions where it is time.
async fn reconcile_those_due<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    channels: &mut [ChannelSync<'_, M, W, D, C>],
) -> Result<Vec<Result<(), Stop>>, StoreError>
where
    M: SyncMemory,
    W: ReadMessages + WriteMessages,
    D: ReadHistory,
    C: Clock,
{
    let due: Vec<_> = channels.iter_mut().filter(|channel| channel.is_reconciliation_due()).collect();
    if due.is_empty() || run.deadline.is_reached() {
        return Ok(Vec::new());
    }
    let (stored, nothing) = (stored_ids(run).await?, BTreeSet::new());
    let reconciliations = due.into_iter().map(|channel| {
        let stored = stored.get(&channel.id).unwrap_or(&nothing);
        reconcile(channel, stored)
    });
    Ok(at_once(reconciliations).await)
}

/// What is stored of the last 48 hours, read before Discord is asked: what Discord then does not have is deleted.
async fn stored_ids<M, W: ReadMessages, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
) -> Result<BTreeMap<ChannelId, BTreeSet<MessageId>>, StoreError> {
    let (from, today) = (Day::of(run.begun - RECONCILED), Day::of(run.begun));
    let days = (0..=3).map(|days| today.days_before(days)).filter(|day| *day >= from);
    let days = join_all(days.map(|day| run.messages.messages_of_day(run.guild, day))).await;
    let mut ids = BTreeMap::<ChannelId, BTreeSet<MessageId>>::new();
    for day in days {
        for message in day?.into_iter().filter_map(|stored| stored.message) {
            ids.entry(message.channel).or_default().insert(message.id);
        }
    }
    Ok(ids)
}

async fn at_once<T>(channels: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(channels).buffer_unordered(CONCURRENT_CHANNELS).collect().await
}

fn note(ends: Vec<Result<(), Stop>>, report: &mut GuildReport) -> Result<(), Failure> {
    for stop in ends.into_iter().filter_map(Result::err) {
        match stop {
            Stop::Unfinished => {}
            Stop::Forbidden => report.forbidden += 1,
            Stop::UnknownToken => return Err(Failure::UnknownToken),
            Stop::Failed(problem) => report.problems.push(problem),
        }
    }
    Ok(())
}

fn add(counts: Counts, report: &mut GuildReport) {
    report.stored += counts.stored;
    report.updated += counts.updated;
    report.deleted += counts.deleted;
}
