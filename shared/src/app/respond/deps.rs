//! What answers are made with.

use crate::{
    app::audience::KeepAudience,
    domain::{AllowedGuilds, Calendar},
    ports::{AskMemories, AskSweep, ReadPeople, ReadSettings, ReadWindow, SummarizeDay},
};

/// What answers are made with.
pub struct Deps<S, M, F, D, R, C> {
    /// Days and people.
    pub memory: S,
    /// In which channels was written.
    pub messages: M,
    /// The functions that build memories, summarize days and sweep.
    pub functions: F,
    /// Discord, to ask it which channels are open.
    pub channels: D,
    /// Where the answer goes.
    pub replies: R,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
    /// Where anything is answered.
    pub allowed_guilds: AllowedGuilds,
}

/// All that is needed from the store of what is known.
pub trait RespondMemory: ReadWindow + ReadPeople + ReadSettings + KeepAudience {}

impl<S: ReadWindow + ReadPeople + ReadSettings + KeepAudience> RespondMemory for S {}

/// The other functions that are needed.
pub trait RespondFunctions: AskMemories + SummarizeDay + AskSweep {}

impl<F: AskMemories + SummarizeDay + AskSweep> RespondFunctions for F {}
