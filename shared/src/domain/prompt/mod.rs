//! What is asked of a model, and how its answer is read. Chat, names and facts are data in every prompt (DESIGN rules 17
//! and 18); the tags are part of the contract (DESIGN section 6).

mod also_known_as;
mod block;
mod day;
mod markup;
mod merge;
mod names;
mod question;
mod sanitize;
mod summaries;
mod tokens;

pub use block::memories_block;
pub use day::{Aim, ChunkLimits, ChunkSize, Cuts, DayPrompt, KeptCut, Soon, Transcript, extra_chunks};
pub use merge::{MergePrompt, merge_prompt, merge_several};
pub use question::{AnswerFormat, Prompt};
pub(crate) use sanitize::visible;
pub use summaries::{CheckedSummaries, InvalidAnswer, join_parts};
