//! What is asked of a model, and how its answer is read. Chat, names and facts are data in every prompt (DESIGN rules 17
//! and 18); the tags are part of the contract (DESIGN section 6).

mod block;
mod clean;
mod day;
mod merge;
mod summaries;

pub use block::memories_block;
pub use day::{DayPrompt, daily_summary_prompt};
pub use merge::merge_prompt;
pub use summaries::{CheckedSummaries, InvalidAnswer};

use super::hash;

/// One question to a model.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the model is to do; a file of `prompts/`.
    pub instructions: &'static str,
    /// The data to do it with.
    pub data: String,
    /// The shape of the answer.
    pub answer: AnswerFormat,
}

/// The shape an answer must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Plain text.
    Text,
    /// `{"summaries":[{"member":"m1","summary":"…"}]}`
    Summaries,
}

impl Prompt {
    /// Names the instructions alone: summaries made with others are older than they could be.
    pub fn instructions_hash(&self) -> String {
        hash::of([self.instructions])
    }

    /// Names all that goes to the model.
    pub fn input_hash(&self) -> String {
        hash::of([self.instructions, &self.data])
    }
}

/// Without its text (DESIGN rule 21).
impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt").field("bytes", &self.data.len()).field("answer", &self.answer).finish_non_exhaustive()
    }
}
