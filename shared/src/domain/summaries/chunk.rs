//! What a model made of a part of a guild-day, kept so that no part is paid for twice (DESIGN rule 15).

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Usage, UserId};

/// How long the answer to a chunk is kept.
pub const CHUNK_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What came of a chunk, and what it cost.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptChunk {
    /// What came of it.
    pub outcome: ChunkOutcome,
    /// The calls it took, without those for its halves.
    pub usage: Usage,
    /// When it was kept.
    pub kept_at: Timestamp,
}

/// What came of a chunk.
#[derive(Clone, PartialEq, Eq)]
pub enum ChunkOutcome {
    /// A text for each member the model wrote about.
    Summarized {
        /// The texts, by person.
        texts: BTreeMap<UserId, String>,
        /// The model that wrote them, as configured (`gemini:name`).
        model: String,
    },
    /// The model's filter refuses it, and it is not cut any further (DESIGN rule 16).
    Blocked {
        /// The messages in it.
        messages: u64,
    },
    /// It is too long for the model, or refused as a whole: only its halves can be asked about.
    Split {
        /// Whether the filter refused it.
        blocked: bool,
    },
}

impl KeptChunk {
    /// Whether it may be used: one of before `since` belongs to a summary that is to be made anew.
    pub fn counts(&self, since: Option<Timestamp>, now: Timestamp) -> bool {
        now < self.kept_at + CHUNK_LIFE && since.is_none_or(|since| self.kept_at > since)
    }
}

/// Without the texts (DESIGN rule 21).
impl fmt::Debug for KeptChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptChunk").field("kept_at", &self.kept_at).field("usage", &self.usage).finish_non_exhaustive()
    }
}
