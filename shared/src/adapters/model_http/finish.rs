//! How an answer ended, in the words of those who say it.

use super::{unavailable::unavailable, values::known_word};
use crate::ports::ModelError;

/// Whether an answer is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::adapters) enum Ending {
    /// The model came to its end.
    Whole,
    /// A word that nobody knows, by its name: there may be more that was not said.
    Unknown(String),
}

/// Each way to end, in lower case.
const WHOLE: [&str; 12] = [
    "",
    "stop",
    "end_turn",
    "eos",
    "eos_token",
    "stop_sequence",
    "completed",
    "complete",
    "done",
    "finished",
    "null",
    "finish_reason_unspecified",
];
/// OpenAI, Anthropic, Bedrock, Gemini, Zhipu, Mistral.
const TOO_LONG: [&str; 7] = [
    "length",
    "max_tokens",
    "max_output_tokens",
    "max_length",
    "model_length",
    "model_context_window_exceeded",
    "context_length_exceeded",
];
/// OpenAI and Azure, Zhipu, Gemini, Bedrock.
const BLOCKED: [&str; 14] = [
    "content_filter",
    "content_filtered",
    "sensitive",
    "refusal",
    "safety",
    "recitation",
    "language",
    "blocklist",
    "prohibited_content",
    "spii",
    "model_armor",
    "image_safety",
    "guardrail_intervened",
    "risk_control",
];
/// Gemini, Bedrock.
const MALFORMED: [&str; 9] = [
    "malformed_response",
    "malformed_function_call",
    "unexpected_tool_call",
    "too_many_tool_calls",
    "tool_calls",
    "missing_thought_signature",
    "tool_use",
    "malformed_tool_use",
    "malformed_model_output",
];
/// DeepSeek, OpenRouter, SGLang, Zhipu.
const FAILED: [&str; 7] =
    ["insufficient_system_resource", "error", "abort", "aborted", "cancelled", "network_error", "timeout"];

/// Whether it may be taken, and as what.
pub(in crate::adapters) fn ending(reason: &str) -> Result<Ending, ModelError> {
    let word = reason.to_lowercase();
    let is_one_of = |words: &[&str]| words.contains(&word.as_str());
    match () {
        () if is_one_of(&WHOLE) => Ok(Ending::Whole),
        () if is_one_of(&TOO_LONG) => Err(ModelError::TooLong),
        () if is_one_of(&BLOCKED) => Err(ModelError::Blocked { reason: known_word(reason) }),
        () if is_one_of(&MALFORMED) => Err(ModelError::Malformed),
        () if is_one_of(&FAILED) => Err(unavailable(&format!("it broke off ({})", known_word(reason)))),
        () => Ok(Ending::Unknown(known_word(reason))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_that_nobody_knows_is_not_taken_for_a_whole_one() {
        assert_eq!(ending("STOP"), Ok(Ending::Whole));
        assert_eq!(ending("model_context_window_exceeded"), Err(ModelError::TooLong));
        assert_eq!(ending("MODEL_ARMOR"), Err(ModelError::Blocked { reason: "MODEL_ARMOR".to_owned() }));
        assert_eq!(ending("UNEXPECTED_TOOL_CALL"), Err(ModelError::Malformed));
        assert!(matches!(ending("insufficient_system_resource"), Err(ModelError::Unavailable { .. })));
        assert_eq!(ending("tired"), Ok(Ending::Unknown("tired".to_owned())));
        assert_eq!(ending("Ann sailed"), Ok(Ending::Unknown("unknown reason".to_owned())), "rule 21");
    }
}
