//! A guild: what is known of it, what is new in its channels, and what changed of late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::{
    archives::{self, Archive},
    authors::Authors,
    channel::{ChannelSync, Counts},
    deps::{Deps, Settings, SyncDiscord, SyncMemory, SyncMessages},
    intent::{INTENT_IS_MISSING, Intent},
    members::ask_who_left,
    news::read_news,
    nicks::ask_for_nicks,
    reconciliation::reconcile,
    run::{GuildRun, at_once},
    selection::{Selection, select},
    stop::{Failure, Stop, UnknownToken},
    stored::{StoredIds, stored_ids},
};
use crate::{
    app::{
        AppError, Deadline,
        archived_threads::{ArchivedThreadSearch, Searched},
        audience::keep_audience,
        people::{is_missing, is_there},
        sweep::{Swept, drop_where, sweep},
    },
    contract::GuildReport,
    domain::{ChannelId, Cursor, GuildId, OpenChannels},
    ports::{Clock, StoreError},
};

const NOTHING_TO_READ: &str = "the bot can read no channel of this guild: give it View Channel and Read Message History \
     where everybody has them, or name channels in the guild's settings";
const NOT_THERE: &str =
    "the bot is not in this guild any more, or never was: invite it, or take the guild out of DISCORD_GUILDS";
const NOT_SWEPT: &str = "something is still stored of channels that are closed now: there was no time to drop all of it, or \
     Discord does not say which archived threads are open; nobody is told of it, and the next run goes on";

/// Everything there is time for.
#[tracing::instrument(target = "span", skip_all, fields(%guild))]
pub(super) async fn sync_guild<M, W, D, F, C>(
    deps: &Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
    deadline: Deadline,
) -> Result<GuildReport, UnknownToken>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let mut report = nothing_yet(guild);
    let outcome = match load(deps, guild, begun, deadline, &mut report).await {
        Ok(loaded) => sync_channels(loaded, &mut report).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => {}
        Err(Failure::UnknownToken) => return Err(UnknownToken),
        Err(Failure::NotThere) => {
            report.problems.push(NOT_THERE.to_owned());
            if deps.settings.left_kept_for.is_some()
                && let Err(error) = is_missing(&deps.memory, guild, begun).await
            {
                report.problems.push(AppError::from(error).message);
            }
        }
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
        kept_warm: 0,
        problems: Vec::new(),
    }
}

/// What a run works on.
struct Loaded<'a, M, W, D, C> {
    run: GuildRun<'a, M, W, D, C>,
    selection: Selection,
    archives: Vec<Archive>,
    stored: StoredIds,
}

/// What was decided for the guild, how far it was read, what Discord lists, and what is stored of late. What is stored of
/// channels that are not open is swept first.
async fn load<'a, M, W, D, F, C>(
    deps: &'a Deps<M, W, D, F, C>,
    guild: GuildId,
    begun: Timestamp,
    deadline: Deadline,
    report: &mut GuildReport,
) -> Result<Loaded<'a, M, W, D, C>, Failure>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let Deps {
        memory,
        messages,
        discord,
        clock,
        settings: Settings { backfill_days, retention, left_kept_for, .. },
        ..
    } = deps;
    let (settings, mut cursors) = tokio::try_join!(memory.settings(guild), memory.cursors(guild))?;
    cursors.retain(|_, cursor| begun < cursor.expires_at);
    let channels = discord.channels(guild).await?;
    is_there(memory, guild).await?;
    let open = keep_audience(memory, guild, settings.audience, &channels, begun).await?;
    let run = GuildRun {
        memory,
        messages,
        discord,
        clock,
        guild,
        begun,
        deadline,
        decided_by: open.read_at,
        intent: Intent::default(),
        authors: Authors::default(),
        kept_days: settings.kept_days(*retention),
        least_days: retention.least,
        asks_who_left: left_kept_for.is_some(),
        writing: Mutex::new(()),
    };
    let stored = stored_ids(messages, guild, begun).await?;
    let open = sweep_if_due(&run, open, &stored, report).await?;
    let new_cursor = |parent| Cursor::new(parent, begun, *backfill_days);
    let mut archives = archives::look(&run, &channels, &open, &settings, &cursors, new_cursor).await;
    let open = archives::keep_open(&run, open, &mut archives).await?;
    let mut selection = select(&channels, &open, cursors, &settings, &stored, new_cursor);
    archives::select(&mut selection, &archives, new_cursor);
    Ok(Loaded { run, selection, archives, stored })
}

/// Deletes what is stored of channels that are not open, if there may be some, or is some of late; archived threads of open
/// ones stay (DESIGN rule 28). If not all of it can be done now, the next run goes on.
async fn sweep_if_due<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    open: OpenChannels,
    stored: &StoredIds,
    report: &mut GuildReport,
) -> Result<OpenChannels, StoreError> {
    if !open.sweep_due && stored.keys().all(|channel| open.contain(*channel)) {
        return Ok(open);
    }
    let GuildRun { memory, messages, discord, guild, deadline, .. } = *run;
    let search = ArchivedThreadSearch { memory, messages, discord, guild };
    let Searched { open, is_complete } = search.before_sweep(open, deadline).await?;
    note_swept(if is_complete { sweep(&run.writer(), &open, deadline).await? } else { Swept::default() }, report);
    Ok(open)
}

fn note_swept(swept: Swept, report: &mut GuildReport) {
    report.deleted += swept.deleted;
    if !swept.complete {
        report.problems.push(NOT_SWEPT.to_owned());
    }
}

/// Reads what is new in each channel, then what changed of late in those where it is time to look, and asks for the nicks of
/// those who wrote.
async fn sync_channels<M, W, D, C>(loaded: Loaded<'_, M, W, D, C>, report: &mut GuildReport) -> Result<(), Failure>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let Loaded { run, selection, archives, stored } = loaded;
    let (run, stored) = (&run, &stored);
    let begin = |selected| ChannelSync::new(run, selected);
    let mut channels: Vec<_> = selection.listed.into_iter().map(begin).collect();
    report.channels = channels.len();
    let ends = read_all_news(run, &mut channels).await;
    report.complete = ends.iter().all(|end| matches!(end, Ok(()) | Err(Stop::Forbidden)));
    let whole: BTreeMap<ChannelId, bool> = channels
        .iter()
        .zip(&ends)
        .map(|(channel, end)| (channel.id, matches!(end, Ok(()) | Err(Stop::Forbidden))))
        .collect();
    note(ends, report)?;
    if report.forbidden == report.channels {
        report.problems.push(NOTHING_TO_READ.to_owned());
    }

    channels.extend(selection.others.into_iter().map(begin));
    let ends = reconcile_those_due(run, &mut channels, stored).await;
    note(ends, report)?;
    channels.iter().for_each(|channel| add(channel.counts, report));
    note_swept(drop_unreadable(run, &channels, stored).await?, report);
    archives::note(run, archives, &mut channels, |thread| whole.get(&thread) == Some(&true)).await?;
    let asked = ask_for_nicks(run).await?;
    if run.asks_who_left { ask_who_left(run, &asked).await } else { Ok(()) }
}

/// Reads what is new. What looked hidden is read again if something showed elsewhere (DESIGN rule 22).
async fn read_all_news<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    channels: &mut [ChannelSync<'_, M, W, D, C>],
) -> Vec<Result<(), Stop>>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let mut ends = at_once(channels.iter_mut().map(read_news)).await;
    if run.intent.something_shows() {
        let hidden = channels.iter_mut().zip(&mut ends).filter(|(_, end)| matches!(end, Err(Stop::Hidden)));
        for (channel, end) in hidden {
            *end = read_news(channel).await;
        }
    }
    ends
}

/// Looks for edits and deletions where it is time.
async fn reconcile_those_due<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    channels: &mut [ChannelSync<'_, M, W, D, C>],
    stored: &StoredIds,
) -> Vec<Result<(), Stop>>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    if run.deadline.is_reached() {
        return Vec::new();
    }
    let nothing = BTreeSet::new();
    let those_due = channels.iter_mut().filter_map(|channel| {
        let stored = stored.get(&channel.id).unwrap_or(&nothing);
        channel.is_reconciliation_due(stored).then(|| reconcile(channel, stored))
    });
    at_once(those_due).await
}

/// Drops what is stored of channels that the bot may not read any more: nobody would notice what is deleted there (DESIGN
/// rule 23). It is looked for when Discord says so, and afterwards where something came in of late.
async fn drop_unreadable<M, W, D, C>(
    run: &GuildRun<'_, M, W, D, C>,
    channels: &[ChannelSync<'_, M, W, D, C>],
    stored: &StoredIds,
) -> Result<Swept, StoreError>
where
    M: SyncMemory,
    W: SyncMessages,
    D: SyncDiscord,
    C: Clock,
{
    let unreadable = channels.iter().filter(|channel| channel.cursor.is_left_alone(run.begun));
    let unreadable = unreadable.filter(|channel| channel.was_refused || stored.contains_key(&channel.id));
    let unreadable: BTreeSet<ChannelId> = unreadable.map(|channel| channel.id).collect();
    if unreadable.is_empty() {
        return Ok(Swept { complete: true, ..Swept::default() });
    }
    let dropped = drop_where(&run.writer(), &|channel| unreadable.contains(&channel), run.deadline).await?;
    for channel in channels.iter().filter(|channel| channel.was_refused && dropped.complete) {
        run.memory.save_cursor(run.guild, channel.id, &channel.cursor).await?;
    }
    Ok(dropped)
}

fn note(ends: Vec<Result<(), Stop>>, report: &mut GuildReport) -> Result<(), Failure> {
    for stop in ends.into_iter().filter_map(Result::err) {
        match stop {
            Stop::Unfinished => {}
            Stop::Forbidden => report.forbidden += 1,
            Stop::UnknownToken => return Err(Failure::UnknownToken),
            Stop::Hidden => report.problems.push(INTENT_IS_MISSING.to_owned()),
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
