//! Guild-days: what is known about them, and who may replace it.

use std::future::Future;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{AttemptId, Day, DayRecord, DaySummary, GuildId};

/// Reads a guild-day's record.
pub trait ReadDay: Send + Sync {
    /// The ledger and the summary, as they are at one moment or later ones.
    fn read_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<DayRecord, StoreError>> + Send;
}

/// Replaces a guild-day's summary.
pub trait CommitDaySummary: Send + Sync {
    /// Puts the summary, notes who is in it for a later [`PurgeDay`], and drops the lease of `attempt`: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or something was deleted since the summary's version.
    fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        attempt: &AttemptId,
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

/// Removes what was made from messages that were deleted.
pub trait PurgeDay: ReadDay {
    /// Drops what was made before `purged_version`: the memories of everybody who ever was in a summary of the day, its parts
    /// and itself. Done again it does nothing, so that it can be repeated after a crash.
    fn purge_day(
        &self,
        guild: GuildId,
        day: Day,
        purged_version: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
