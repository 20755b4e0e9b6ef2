//! What memories are built with.

use std::num::NonZeroUsize;

use crate::{
    app::{AskedFor, Cooldowns},
    contract::Models,
    domain::{Calendar, Today},
    ports::{
        ClaimHandOvers, CommitMemory, CoolModels, HoldLeases, NoteAskedFor, ReadDay, ReadPeople, ReadWindow,
        SummarizeDay, WarmMemories, WatchDays,
    },
};

/// What memories are built with.
pub struct Deps<S, F, M, C> {
    /// Days and people, without messages.
    pub memory: S,
    /// The functions that summarize days, and go on with memories that are not ready in time.
    pub functions: F,
    /// Who merges memories.
    pub model: M,
    /// Whether anybody does, where a request does not say (DESIGN rule 39).
    pub models: Models,
    /// The cooldowns of the models that summarize days.
    pub summary_cooldowns: Cooldowns<S, C>,
    /// Who was asked for of late.
    pub asked_for: AskedFor,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
    /// What becomes of days that still change.
    pub today: Today,
    /// How many people one call may be about (DESIGN rule 47).
    pub merge_batch: NonZeroUsize,
}

/// All that is needed from the store of what is known.
pub trait BuildMemory:
    ReadWindow + ReadPeople + ReadDay + WatchDays + CommitMemory + HoldLeases + ClaimHandOvers + CoolModels + NoteAskedFor
{
}

impl<
    S: ReadWindow
        + ReadPeople
        + ReadDay
        + WatchDays
        + CommitMemory
        + HoldLeases
        + ClaimHandOvers
        + CoolModels
        + NoteAskedFor,
> BuildMemory for S
{
}

/// The other functions that are needed.
pub trait BuildFunctions: SummarizeDay + WarmMemories {}

impl<F: SummarizeDay + WarmMemories> BuildFunctions for F {}
