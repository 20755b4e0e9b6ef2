//! Guild-days: what is known about them, and who may replace it.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{
    BuildState, Day, DayRecord, DaySummary, GuildId, KeptChunk, LeaseOwner, Ledger, UserId, prompt::KeptCut,
};

/// Whose texts of a summary are read. What nobody asked for costs no memory and no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextsOf<'a> {
    /// Everybody's.
    Everybody,
    /// These people's alone.
    People(&'a [UserId]),
}

impl<'a> TextsOf<'a> {
    /// Nobody's: only what is known about the day.
    pub const NOBODY: Self = Self::People(&[]);

    /// Of those, or of everybody where nobody is named.
    pub fn named(users: Option<&'a [UserId]>) -> Self {
        users.map_or(Self::Everybody, Self::People)
    }
}

/// Reads a guild-day's record.
pub trait ReadDay: Send + Sync {
    /// The ledger and the summary, as they are at one moment or later ones.
    fn read_day(
        &self,
        guild: GuildId,
        day: Day,
        of: TextsOf<'_>,
    ) -> impl Future<Output = Result<DayRecord, StoreError>> + Send;
}

/// What is known about a day without its summary: as much in a guild of thousands as in one of ten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRecord {
    /// `None`: nothing was ever written that day.
    pub ledger: Option<Ledger>,
    /// Who is building the next summary.
    pub build: BuildState,
}

impl LedgerRecord {
    /// The version of the ledger's last deletion; 0 where nothing was deleted.
    pub fn purged_version(&self) -> u64 {
        self.ledger.map_or(0, |ledger| ledger.purged_version)
    }
}

/// Looks at days without reading what was said.
pub trait WatchDays: Send + Sync {
    /// One entry for every day, of one request. What cannot be read is an error in its place.
    fn day_ledgers(
        &self,
        guild: GuildId,
        days: &[Day],
    ) -> impl Future<Output = BTreeMap<Day, Result<LedgerRecord, StoreError>>> + Send;
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

    /// How the day was cut into chunks, expired or not; nothing if it was not.
    fn kept_cut(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<KeptCut, StoreError>> + Send;

    /// Keeps how the day is cut, as long as a chunk that is kept at `now`. It says nothing of what was written, and outlives a
    /// deletion.
    fn keep_cut(
        &self,
        guild: GuildId,
        day: Day,
        cut: &KeptCut,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Removes what was made from messages that were deleted.
pub trait PurgeDay: WatchDays {
    /// Drops what was made before `purged_version`: the memories of everybody who ever was in a summary of the day, with the
    /// leases on those that are being merged, its parts, its chunks and itself. Done again it does nothing, so that it can be
    /// repeated after a crash.
    fn purge_day(
        &self,
        guild: GuildId,
        day: Day,
        purged_version: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
