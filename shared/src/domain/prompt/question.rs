//! One question to a model, and the shape of its answer.

use serde_json::{Value, json};

use super::tokens;
use crate::domain::{Priority, hash};

/// One question to a model.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the model is to do; a file of `prompts/`.
    pub instructions: &'static str,
    /// The data to do it with.
    pub data: String,
    /// The shape of the answer.
    pub answer: AnswerFormat,
    /// How many members of a day it asks about; none if it is no question about a day.
    pub members: usize,
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

/// Without its text (DESIGN rule 21).
impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt").field("bytes", &self.data.len()).field("answer", &self.answer).finish_non_exhaustive()
    }
}
