//! What the two tables are to their callers: two views of one store.

use guild_memory::ports::{
    ClaimHandOvers, ClaimInteractions, CommitDaySummary, CommitMemory, DropMessages, ErasePeople, FindByName,
    HoldLeases, KeepChunks, KeepCursors, KeepLines, KeepOpenChannels, KeepPaces, KeepRoles, KeepWipes, LimitAnswers,
    ListPeople, ManageCooldowns, NoteAskedFor, PurgeDay, ReadAskedFor, ReadChannelsOfDay, ReadDay, ReadLedgers,
    ReadLeft, ReadMessageChannels, ReadMessages, ReadSpent, ReadWindow, RecordNames, SpendBudget, TeachPeople,
    TellOnce, WipeGuilds, WriteMessages, WriteSettings,
};

/// What people wrote.
pub(crate) trait MessagesSide:
    ReadMessages + ReadChannelsOfDay + ReadMessageChannels + WriteMessages + DropMessages
{
}

impl<S: ReadMessages + ReadChannelsOfDay + ReadMessageChannels + WriteMessages + DropMessages> MessagesSide for S {}

/// What is known.
pub(crate) trait MemorySide:
    PurgeDay
    + ReadDay
    + ReadLedgers
    + CommitDaySummary
    + KeepChunks
    + ReadWindow
    + CommitMemory
    + TeachPeople
    + ErasePeople
    + TellOnce
    + FindByName
    + RecordNames
    + HoldLeases
    + KeepCursors
    + KeepLines
    + KeepPaces
    + ManageCooldowns
    + SpendBudget
    + ReadSpent
    + LimitAnswers
    + WriteSettings
    + KeepRoles
    + KeepOpenChannels
    + ClaimInteractions
    + ClaimHandOvers
    + NoteAskedFor
    + ReadAskedFor
    + ListPeople
    + ReadLeft
    + KeepWipes
    + WipeGuilds
{
}

impl<S> MemorySide for S where
    S: PurgeDay
        + ReadDay
        + ReadLedgers
        + CommitDaySummary
        + KeepChunks
        + ReadWindow
        + CommitMemory
        + TeachPeople
        + ErasePeople
        + TellOnce
        + FindByName
        + RecordNames
        + HoldLeases
        + KeepCursors
        + KeepLines
        + KeepPaces
        + ManageCooldowns
        + SpendBudget
        + ReadSpent
        + WriteSettings
        + KeepRoles
        + KeepOpenChannels
        + ClaimInteractions
        + ClaimHandOvers
        + LimitAnswers
        + NoteAskedFor
        + ReadAskedFor
        + ListPeople
        + ReadLeft
        + KeepWipes
        + WipeGuilds
{
}
