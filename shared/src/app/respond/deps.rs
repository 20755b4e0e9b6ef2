//! What answers are made with.

use crate::{
    domain::Calendar,
    ports::{AskMemories, ReadPeople, ReadWindow, SummarizeDay},
};

/// What answers are made with.
pub struct Deps<S, M, F, D, R, C> {
    /// Days and people.
    pub memory: S,
    /// In which channels was written.
    pub messages: M,
    /// The functions that build memories and summarize days.
    pub functions: F,
    /// Who may see which channel.
    pub channels: D,
    /// Where the answer goes.
    pub replies: R,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
}

/// All that is needed from the store of what is known.
pub trait RespondMemory: ReadWindow + ReadPeople {}

impl<S: ReadWindow + ReadPeople> RespondMemory for S {}

/// The other functions that are needed.
pub trait RespondFunctions: AskMemories + SummarizeDay {}

impl<F: AskMemories + SummarizeDay> RespondFunctions for F {}
