//! The record of a guild-day's messages.

/// How many messages a guild-day has, and a version that every change of them bumps (DESIGN rule 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Counts the changes; the first one makes it 1.
    pub version: u64,
    /// The version of the last deletion, or 0. A summary from before it may hold words that were taken back.
    pub purged_version: u64,
    /// Messages that were stored and not deleted, whether or not they have expired since.
    pub message_count: u64,
}
