//! The end of all that is kept of a guild (DESIGN rule 45).

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use jiff::Timestamp;

use super::StoreError;
use crate::domain::{Day, GuildId, UserId, Wipe};

/// Remembers which guilds are to be wiped, until that is done.
pub trait KeepWipes: Send + Sync {
    /// Notes that the guild is to be wiped. `false` if that was noted before: then it stays as it was.
    fn note_wipe(&self, guild: GuildId, wipe: Wipe) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Notes that the guild is to be wiped so, whatever was noted before.
    fn replace_wipe(&self, guild: GuildId, wipe: Wipe) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets it, if it is noted and does not begin until after `now`. Whether it was forgotten.
    fn cancel_wipe(&self, guild: GuildId, now: Timestamp) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Forgets it: it is done.
    fn wipe_is_done(&self, guild: GuildId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All that are noted, of all guilds.
    fn wipes(&self) -> impl Future<Output = Result<BTreeMap<GuildId, Wipe>, StoreError>> + Send;
}

/// Ends what is known about a guild. It needs no item to be readable, and done again it does what is left.
pub trait WipeGuilds: Send + Sync {
    /// Whatever was said until `at` stays out from now on: everybody [is read](super::ReadPeople) as erased then, at the least.
    fn fence_guild(&self, guild: GuildId, at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The days that have a ledger or a summary.
    fn days_of_guild(&self, guild: GuildId) -> impl Future<Output = Result<BTreeSet<Day>, StoreError>> + Send;

    /// Everybody of whom something is kept, who was in a summary of one of these days, or was asked for.
    fn everybody_in(
        &self,
        guild: GuildId,
        days: &BTreeSet<Day>,
    ) -> impl Future<Output = Result<BTreeSet<UserId>, StoreError>> + Send;

    /// Deletes what is known about a person, with their memory and the lease on it. Of who opted out it is left that they did.
    fn wipe_person(
        &self,
        guild: GuildId,
        user: UserId,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Has the day's ledger count nothing, and drops the lease on it. Whoever read it before stores and commits nothing. Gives
    /// a mark for [`drop_day`](Self::drop_day).
    fn empty_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Deletes what was made from the day, and last its ledger. `false` if somebody stored or built something since that mark.
    fn drop_day(&self, guild: GuildId, day: Day, mark: u64) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes what is left of the guild itself: names, cursors, roles, channels, and the settings if they do not stay.
    fn drop_guild(&self, guild: GuildId, keeps_settings: bool) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Deletes what people wrote, whether it can be read or not.
pub trait DropMessages: Send + Sync {
    /// Everything of the day, tombstones included; how many items that were.
    fn drop_messages(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<usize, StoreError>> + Send;
}
