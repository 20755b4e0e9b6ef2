//! Drops what is stored of channels that are not open to the audience (DESIGN rule 28).
//!
//! A sweep is a deletion like any other, and may end anywhere: `sweep_due` stays until everything is gone, and who sweeps
//! again finds less.
//!
//! ```text
//! Discord ──▶ open channels kept, sweep_due ──▶ a day: ids of closed channels ──▶ tombstones, purge ──▶ … ──▶ swept
//! ingest       before it: stored ──▶ found here │ after it: left out                       a build that had read
//! daily_summary      reads messages, then the open channels ──▶ leaves out what is closed   them cannot commit
//! ```

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    Deadline,
    ingest_messages::{Batch, BatchWriter, IngestMemory},
};
use crate::{
    domain::{ChannelId, Day, GuildId, Ledger, OpenChannels},
    ports::{KeepOpenChannels, ReadLedgers, ReadMessageChannels, StoreError, WriteMessages},
};

/// Guild-days swept at the same time.
const CONCURRENT_DAYS: usize = 8;

/// What a sweep does with what is known: all that ingest does, and it looks for days, and notes that it is done.
pub trait SweepMemory: IngestMemory + ReadLedgers + KeepOpenChannels {}

impl<M: IngestMemory + ReadLedgers + KeepOpenChannels> SweepMemory for M {}

/// How far a sweep came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Swept {
    /// Messages that are gone.
    pub(super) deleted: usize,
    /// The guild-days they were of, oldest first.
    pub(super) days_changed: Vec<Day>,
    /// Nothing is left of channels that were closed when `open` was read. If not, the next sweep goes on.
    pub(super) complete: bool,
}

/// Deletes every stored message of the writer's guild whose channel is not `open`, day by day, and purges what was made of
/// it. No day is begun after `deadline`.
///
/// # Errors
/// What the store failed with; what was deleted until then stays deleted.
pub(super) async fn sweep<M, W>(
    writer: &BatchWriter<'_, M, W>,
    open: &OpenChannels,
    deadline: Deadline,
) -> Result<Swept, StoreError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
{
    let swept = drop_where(writer, &|channel| !open.contain(channel), deadline).await?;
    let complete = swept.complete && note_swept(writer, open).await?;
    Ok(Swept { complete, ..swept })
}

/// The same for channels that are `closed` to whoever looks for deletions in them.
///
/// # Errors
/// What the store failed with.
pub(super) async fn drop_where<M, W>(
    writer: &BatchWriter<'_, M, W>,
    closed: &(impl Fn(ChannelId) -> bool + Sync),
    deadline: Deadline,
) -> Result<Swept, StoreError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
{
    let sweep_one = |day, ledger| sweep_day(writer, closed, day, ledger);
    let Walked { days, complete } = each_day(writer.memory, writer.guild, deadline, sweep_one).await?;
    let changed = days.into_iter().filter(|(_, deleted)| *deleted > 0);
    let (days_changed, deleted): (Vec<Day>, Vec<usize>) = changed.unzip();
    Ok(Swept { deleted: deleted.iter().sum(), days_changed, complete })
}

/// What came of the days of a guild.
pub(super) struct Walked<T> {
    /// Of each that was begun, oldest first.
    pub(super) days: Vec<(Day, T)>,
    /// All were.
    pub(super) complete: bool,
}

/// Does the work for each day of the guild that has a ledger, whatever its age. No day is begun after `deadline`.
///
/// # Errors
/// What the store failed with.
pub(super) async fn each_day<M, T, F>(
    memory: &M,
    guild: GuildId,
    deadline: Deadline,
    work: impl Fn(Day, Ledger) -> F,
) -> Result<Walked<T>, StoreError>
where
    M: ReadLedgers,
    F: Future<Output = Result<T, StoreError>>,
{
    let work = &work;
    let begun = memory.ledgers_of_guild(guild).await?.into_iter().map(|(day, ledger)| async move {
        if deadline.is_reached() { Ok(None) } else { Ok::<_, StoreError>(Some((day, work(day, ledger).await?))) }
    });
    let days: Vec<Option<(Day, T)>> = stream::iter(begun).buffered(CONCURRENT_DAYS).try_collect().await?;
    Ok(Walked { complete: days.iter().all(Option::is_some), days: days.into_iter().flatten().collect() })
}

/// How many messages of a day are gone.
async fn sweep_day<M, W>(
    writer: &BatchWriter<'_, M, W>,
    closed: &(impl Fn(ChannelId) -> bool + Sync),
    day: Day,
    ledger: Ledger,
) -> Result<usize, StoreError>
where
    M: SweepMemory,
    W: ReadMessageChannels + WriteMessages,
{
    let stored = writer.messages.message_channels(writer.guild, day).await?;
    let deleted: Vec<_> = stored.into_iter().filter(|(_, channel)| closed(*channel)).map(|(id, _)| id).collect();
    if deleted.is_empty() && ledger.is_purge_due() {
        // A sweep that died may have deleted the last of them and purged nothing yet.
        writer.memory.purge_day(writer.guild, day, ledger.purged_version).await?;
    }
    Ok(writer.apply_batch(Batch { deleted, ..Batch::default() }).await?.deleted)
}

/// Whether it is noted. If other channels were kept meanwhile, what closed by them is still to be swept.
async fn note_swept<M: KeepOpenChannels, W>(
    writer: &BatchWriter<'_, M, W>,
    open: &OpenChannels,
) -> Result<bool, StoreError> {
    match writer.memory.swept(writer.guild, open.read_at).await {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
