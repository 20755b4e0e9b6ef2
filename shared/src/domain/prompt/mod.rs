//! What is asked of a model, and how its answer is read. Chat, names and facts are data in every prompt (DESIGN rules 17
//! and 18); the tags are part of the contract (DESIGN section 6).

mod block;
mod clean;
mod day;
mod merge;
mod summaries;
mod tokens;

pub use block::memories_block;
use serde_json::{Value, json};

pub use day::{ChunkLimits, DayPrompt, Transcript};
pub use merge::{MergePrompt, merge_prompt};
pub use summaries::{CheckedSummaries, InvalidAnswer, join_parts};

use super::{Priority, hash};
use clean::clean_name;

/// Other names of somebody that a prompt tells, at the most.
const MAX_OTHER_NAMES: usize = 10;

/// One question to a model.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the model is to do; a file of `prompts/`.
    pub instructions: &'static str,
    /// The data to do it with.
    pub data: String,
    /// The shape of the answer.
    pub answer: AnswerFormat,
    /// Whether it may take the last of a budget.
    pub priority: Priority,
}

/// The shape an answer must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Plain text.
    Text,
    /// `{"summaries":[{"member":"m1","summary":"…"}]}`
    Summaries,
}

impl AnswerFormat {
    /// The JSON schema of the answer, if it is to be JSON.
    pub fn schema(self) -> Option<Value> {
        let Self::Summaries = self else { return None };
        let text = json!({"type": "string"});
        let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
        let entry = object(json!({"member": text, "summary": text}), &["member", "summary"]);
        Some(object(json!({"summaries": {"type": "array", "items": entry}}), &["summaries"]))
    }
}

impl Prompt {
    /// Names all that goes to the model.
    pub fn input_hash(&self) -> String {
        hash::of([self.instructions, &self.data])
    }

    /// About how many tokens it has.
    pub fn estimated_tokens(&self) -> u64 {
        tokens::estimate(self.instructions) + tokens::estimate(&self.data)
    }
}

/// The attribute with the other names of somebody called `name`, each once; empty if there is none.
fn known_as<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = Vec::new();
    for other in others.into_iter().filter(|other| *other != name).map(clean_name) {
        if names.len() < MAX_OTHER_NAMES && !other.is_empty() && !names.contains(&other) {
            names.push(other);
        }
    }
    if names.is_empty() { String::new() } else { format!(" also_known_as=\"{}\"", names.join(", ")) }
}

/// Without its text (DESIGN rule 21).
impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt").field("bytes", &self.data.len()).field("answer", &self.answer).finish_non_exhaustive()
    }
}
