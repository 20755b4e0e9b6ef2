//! What the two tables are to their callers: two views of one store.

use guild_memory::ports::{
    ClaimInteractions, CommitDaySummary, CommitMemory, CoolModels, FindByName, HoldLeases, KeepChunks, KeepCursors,
    KeepOpenChannels, KeepRoles, LimitAnswers, PurgeDay, ReadChannelsOfDay, ReadLedgers, ReadMessageChannels,
    ReadMessages, ReadWindow, RecordNames, SpendBudget, TeachPeople, WriteMessages, WriteSettings,
};

/// What people wrote.
pub(crate) trait MessagesSide: ReadMessages + ReadChannelsOfDay + ReadMessageChannels + WriteMessages {}

impl<S: ReadMessages + ReadChannelsOfDay + ReadMessageChannels + WriteMessages> MessagesSide for S {}

/// What is known.
pub(crate) trait MemorySide:
    PurgeDay
    + ReadLedgers
    + CommitDaySummary
    + KeepChunks
    + ReadWindow
    + CommitMemory
    + TeachPeople
    + FindByName
    + RecordNames
    + HoldLeases
    + KeepCursors
    + CoolModels
    + SpendBudget
    + LimitAnswers
    + WriteSettings
    + KeepRoles
    + KeepOpenChannels
    + ClaimInteractions
{
}

impl<S> MemorySide for S where
    S: PurgeDay
        + ReadLedgers
        + CommitDaySummary
        + KeepChunks
        + ReadWindow
        + CommitMemory
        + TeachPeople
        + FindByName
        + RecordNames
        + HoldLeases
        + KeepCursors
        + CoolModels
        + SpendBudget
        + WriteSettings
        + KeepRoles
        + KeepOpenChannels
        + ClaimInteractions
        + LimitAnswers
{
}
