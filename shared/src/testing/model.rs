use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    domain::{Usage, prompt::Prompt},
    ports::{Completion, LanguageModel, ModelError, ModelResponse},
};

type Script = dyn Fn(&Prompt) -> Result<String, ModelError> + Send + Sync;

/// A model that answers as it is told, and remembers what it was asked.
#[derive(Clone)]
pub struct ScriptedModel {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<String>>>,
    latency: Duration,
    name: String,
}

impl ScriptedModel {
    /// Answers each prompt by `script`.
    pub fn new(script: impl Fn(&Prompt) -> Result<String, ModelError> + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            asked: Arc::default(),
            latency: Duration::ZERO,
            name: "scripted:model".to_owned(),
        }
    }

    /// Always gives the same answer.
    pub fn answering(text: &str) -> Self {
        let text = text.to_owned();
        Self::new(move |_| Ok(text.clone()))
    }

    /// Always fails in the same way.
    pub fn failing(error: ModelError) -> Self {
        Self::new(move |_| Err(error.clone()))
    }

    /// Takes that long for each answer.
    pub fn taking(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// Has that name.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// The data of every prompt so far.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

impl LanguageModel for ScriptedModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        self.asked.lock().expect("not poisoned").push(prompt.data.clone());
        tokio::time::sleep(self.latency).await;
        model_response(&self.name, (self.script)(prompt))
    }
}

/// What comes of one call: an answer takes ten tokens of prompt, two of text and one of thought; a failure takes none.
pub fn model_response(model: &str, outcome: Result<String, ModelError>) -> ModelResponse {
    let answered = Usage { prompt_tokens: 10, output_tokens: 2, thought_tokens: 1, calls: 1, ..Usage::default() };
    ModelResponse {
        usage: if outcome.is_ok() { answered } else { Usage::FAILED_CALL },
        outcome: outcome.map(|text| Completion { text, model: model.to_owned(), is_whole: true }),
    }
}
