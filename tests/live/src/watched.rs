//! A model whose costs are written down, also those of failures.

use std::sync::{Arc, Mutex, PoisonError};

use guild_memory::{
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelResponse},
};

/// Clones share what they wrote down.
pub(super) struct Watched<M> {
    model: Arc<M>,
    /// What the calls took, and the tokens their prompts were estimated to have.
    seen: Arc<Mutex<(Usage, u64)>>,
}

impl<M> Clone for Watched<M> {
    fn clone(&self) -> Self {
        Self { model: Arc::clone(&self.model), seen: Arc::clone(&self.seen) }
    }
}

impl<M: LanguageModel> Watched<M> {
    pub(super) fn new(model: &Arc<M>) -> Self {
        Self { model: Arc::clone(model), seen: Arc::default() }
    }

    pub(super) fn name(&self) -> String {
        self.model.name()
    }

    /// Tokens of prompts, answers and thoughts.
    pub(super) fn tokens(&self) -> String {
        let (usage, _) = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}, {}, {}", usage.prompt_tokens, usage.output_tokens, usage.thought_tokens)
    }

    pub(super) fn cost(&self) -> String {
        let (usage, estimated) = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Usage { calls, failures, prompt_tokens, output_tokens, thought_tokens, .. } = usage;
        format!(
            "calls: {calls}, failed: {failures}; tokens: prompt {prompt_tokens} (estimated {estimated}), \
             answer {output_tokens}, thoughts {thought_tokens}"
        )
    }
}

impl<M: LanguageModel> LanguageModel for Watched<M> {
    fn name(&self) -> String {
        self.model.name()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let reply = self.model.generate(prompt).await;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0 += reply.usage;
        seen.1 += prompt.estimated_tokens();
        reply
    }
}
