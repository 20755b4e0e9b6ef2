//! Takes in messages and deletions, in any order, any number of times.

mod authors;
mod deps;
mod incoming;
mod limits;
mod outcome;
mod transactions;
mod writer;

pub use super::sweep::SweepMemory;
pub use deps::{Deps, IngestMemory};
pub(super) use outcome::BatchOutcome;
pub(super) use writer::{Batch, BatchWriter};

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    AppError, Deadline, check_allowed,
    sweep::{Swept, sweep},
};
use crate::{
    contract::{ErrorType, IngestReport, IngestRequest, Rejected, SentMessage, Skipped},
    domain::{Day, GuildId, GuildSettings, Openness},
    ports::{Clock, ReadMessageChannels, WriteMessages},
};
use incoming::Incoming;

/// Messages and deletions a call can have.
pub const MAX_MESSAGES: usize = 5_000;

/// Stores what `request` brings, and sweeps if it asks for that; no day is swept after `deadline`.
///
/// # Errors
/// Those of [`ingest_messages`]; `AudienceUnknown` where it is not known what is to be swept, `Throttled` where not all of it
/// was. Then the same request can be sent again.
pub async fn ingest_and_sweep<M, W, C>(
    deps: &Deps<M, W, C>,
    deadline: Deadline,
    request: IngestRequest,
) -> Result<IngestReport, AppError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
    C: Clock,
{
    let (guild, sweeps) = (request.guild_id, request.sweep);
    let report = ingest_messages(deps, request).await?;
    if sweeps { Ok(with_swept(report, sweep_all(deps, deadline, guild).await?)) } else { Ok(report) }
}

/// Stores what `request` brings, as far as it is open to the guild's audience and its settings let it.
///
/// # Errors
/// `InvalidRequest` for a guild that is not served, or too many messages; `StoreUnavailable`, `Throttled` or `Internal` when
/// the store did not take all of it. Then the same request can be sent again.
pub async fn ingest_messages<M, W, C>(deps: &Deps<M, W, C>, request: IngestRequest) -> Result<IngestReport, AppError>
where
    M: IngestMemory,
    W: WriteMessages,
    C: Clock,
{
    check_allowed(&deps.allowed_guilds, request.guild_id)?;
    check_size(&request)?;
    let (guild, now) = (request.guild_id, deps.clock.now());
    let (settings, kept) = tokio::try_join!(deps.memory.settings(guild), deps.memory.open_channels(guild))?;
    let decided_by = kept.as_ref().map(|open| open.read_at);
    let openness = Openness::of(kept, settings.audience, now);
    let guild_is_read = deps.discord_guilds.contains(&guild);
    let is_kept = |sent: &SentMessage| {
        openness.may_be_kept(sent.channel_id, guild_is_read)
            && settings.read(openness.around(sent.channel_id).into_iter().chain(sent.parent_channel_id))
    };
    let Incoming { batch, skipped, rejected } = Incoming::read(request, is_kept, now);
    let outcome = writer(deps, guild, &settings, decided_by, now).apply_batch(batch).await?;
    Ok(report(skipped, rejected, outcome))
}

fn writer<'a, M, W, C>(
    deps: &'a Deps<M, W, C>,
    guild: GuildId,
    settings: &GuildSettings,
    decided_by: Option<Timestamp>,
    now: Timestamp,
) -> BatchWriter<'a, M, W> {
    let Deps { memory, messages, retention, .. } = deps;
    let (kept_days, least_days) = (settings.kept_days(*retention), retention.least);
    BatchWriter { memory, messages, guild, now, kept_days, least_days, decided_by }
}

/// Sweeps to the end (DESIGN rule 28).
async fn sweep_all<M, W, C>(deps: &Deps<M, W, C>, deadline: Deadline, guild: GuildId) -> Result<Swept, AppError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
    C: Clock,
{
    let now = deps.clock.now();
    let (settings, kept) = tokio::try_join!(deps.memory.settings(guild), deps.memory.open_channels(guild))?;
    let Openness::Known(open) = Openness::of(kept, settings.audience, now) else {
        return Err(AppError::audience_unknown(guild));
    };
    let swept = sweep(&writer(deps, guild, &settings, Some(open.read_at), now), &open, deadline).await?;
    if swept.complete { Ok(swept) } else { Err(unfinished(guild)) }
}

fn unfinished(guild: GuildId) -> AppError {
    let message = format!("guild {guild} was not swept to the end; nothing is lost, send the same request again");
    AppError::new(ErrorType::Throttled, message)
}

fn check_size(request: &IngestRequest) -> Result<(), AppError> {
    match request.messages.len() + request.deleted.len() {
        0..=MAX_MESSAGES => Ok(()),
        total => Err(AppError::invalid(format!(
            "messages: at most {MAX_MESSAGES} messages and deletions in a call, but there are {total}"
        ))),
    }
}

/// What became of a batch and a sweep.
fn with_swept(report: IngestReport, swept: Swept) -> IngestReport {
    let days: BTreeSet<Day> = report.days_changed.into_iter().chain(swept.days_changed).collect();
    IngestReport { deleted: report.deleted + swept.deleted, days_changed: days.into_iter().collect(), ..report }
}

/// What was left out at first sight, and what became of the rest.
fn report(skipped: Skipped, rejected: Vec<Rejected>, outcome: BatchOutcome) -> IngestReport {
    let untouched = outcome.untouched;
    IngestReport {
        stored: outcome.stored,
        updated: outcome.updated,
        unchanged: untouched.unchanged,
        deleted: outcome.deleted,
        skipped: Skipped {
            empty: skipped.empty + untouched.blank,
            opted_out: untouched.kept_out,
            deleted: untouched.deleted_before,
            ..skipped
        },
        rejected,
        days_changed: outcome.days_changed,
    }
}

#[cfg(test)]
mod tests;
