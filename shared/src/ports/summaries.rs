//! Guild-days: what is known about them, and who may replace it.

use std::future::Future;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{Day, DayRecord, DaySummary, GuildId, KeptChunk, LeaseOwner};

/// Reads a guild-day's record.
pub trait ReadDay: Send + Sync {
    /// The ledger and the summary, as they are at one moment or later ones.
    fn read_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<DayRecord, StoreError>> + Send;
}

/// Replaces a guild-day's summary.
pub trait CommitDaySummary: Send + Sync {
    /// Notes that `owner` is about to read the day's messages up to `version`: from then on the deletion of one of them purges
    /// what is made of it (DESIGN rule 5).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or the ledger has another version.
    fn note_reading(
        &self,
        guild: GuildId,
        day: Day,
        version: u64,
        owner: &LeaseOwner,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Puts the summary, notes who is in it for a later [`PurgeDay`], and drops the lease of `owner`: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or something was deleted since the summary's version.
    fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        owner: &LeaseOwner,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives the summary that was `seen` another end, or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another summary is there by now, or none.
    fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Keeps what came of the chunks of a day, until the day is made of them.
pub trait KeepChunks: Send + Sync {
    /// What is kept under that hash, expired or not.
    fn kept_chunk(
        &self,
        guild: GuildId,
        day: Day,
        hash: &str,
    ) -> impl Future<Output = Result<Option<KeptChunk>, StoreError>> + Send;

    /// Keeps what came of a chunk of the messages at `version`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease of `owner` is another's by now, or something was deleted since `version`;
    /// [`StoreError::Refused`] when it is too large to be kept.
    fn keep_chunk(
        &self,
        guild: GuildId,
        day: Day,
        hash: &str,
        chunk: &KeptChunk,
        version: u64,
        owner: &LeaseOwner,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Removes what was made from messages that were deleted.
pub trait PurgeDay: ReadDay {
    /// Drops what was made before `purged_version`: the memories of everybody who ever was in a summary of the day, its parts,
    /// its chunks and itself. Done again it does nothing, so that it can be repeated after a crash.
    fn purge_day(
        &self,
        guild: GuildId,
        day: Day,
        purged_version: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
