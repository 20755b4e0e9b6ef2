//! An answer of `generateContent`. Unknown fields and values are ignored, so that the API can grow.

use serde::Deserialize;

use crate::{
    adapters::model_http::{Answered, ending, known_word, lenient, lenient_list, unavailable, without_thoughts},
    domain::Usage,
    ports::ModelError,
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GenerateContentResponse {
    #[serde(deserialize_with = "lenient_list")]
    candidates: Vec<Candidate>,
    #[serde(deserialize_with = "lenient")]
    prompt_feedback: PromptFeedback,
    #[serde(deserialize_with = "lenient")]
    usage_metadata: UsageMetadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    #[serde(deserialize_with = "lenient")]
    content: CandidateContent,
    #[serde(deserialize_with = "lenient")]
    finish_reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CandidateContent {
    #[serde(deserialize_with = "lenient_list")]
    parts: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Part {
    #[serde(deserialize_with = "lenient")]
    text: String,
    #[serde(deserialize_with = "lenient")]
    thought: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PromptFeedback {
    #[serde(deserialize_with = "lenient")]
    block_reason: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UsageMetadata {
    #[serde(deserialize_with = "lenient")]
    prompt_token_count: u64,
    #[serde(deserialize_with = "lenient")]
    cached_content_token_count: u64,
    #[serde(deserialize_with = "lenient")]
    candidates_token_count: u64,
    #[serde(deserialize_with = "lenient")]
    thoughts_token_count: u64,
}

impl GenerateContentResponse {
    pub(super) fn tokens(&self) -> Usage {
        Usage {
            prompt_tokens: self.usage_metadata.prompt_token_count,
            cached_tokens: self.usage_metadata.cached_content_token_count,
            output_tokens: self.usage_metadata.candidates_token_count,
            thought_tokens: self.usage_metadata.thoughts_token_count,
            ..Usage::default()
        }
    }

    /// The answer's text without thoughts, or why there is none.
    pub(super) fn into_answer(self) -> Result<Answered, ModelError> {
        let blocked = |reason: &str| Err(ModelError::Blocked { reason: known_word(reason) });
        if !matches!(self.prompt_feedback.block_reason.as_str(), "" | "BLOCK_REASON_UNSPECIFIED") {
            return blocked(&self.prompt_feedback.block_reason);
        }
        let Some(candidate) = self.candidates.into_iter().next() else {
            return Err(unavailable("its answer is empty"));
        };
        let reason = candidate.finish_reason;
        let ending = ending(&reason)?;
        let parts = candidate.content.parts.into_iter();
        let text: String = parts.filter(|part| !part.thought).map(|part| part.text).collect();
        match without_thoughts(&text) {
            "" => Err(unavailable(&format!("its answer has no text ({})", known_word(&reason)))),
            text => Ok(Answered { text: text.to_owned(), ending }),
        }
    }
}
