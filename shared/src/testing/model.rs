use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    domain::prompt::Prompt,
    ports::{Answer, LanguageModel, ModelError},
};

type Script = dyn Fn(&Prompt) -> Result<String, ModelError> + Send + Sync;

/// A model that answers as it is told, and remembers what it was asked.
#[derive(Clone)]
pub struct ScriptedModel {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<String>>>,
    latency: Duration,
}

impl ScriptedModel {
    /// Answers each prompt by `script`.
    pub fn new(script: impl Fn(&Prompt) -> Result<String, ModelError> + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default(), latency: Duration::ZERO }
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

    /// The data of every prompt so far.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

impl LanguageModel for ScriptedModel {
    async fn generate(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        self.asked.lock().expect("not poisoned").push(prompt.data.clone());
        tokio::time::sleep(self.latency).await;
        (self.script)(prompt).map(|text| Answer { text, model: "scripted:model".to_owned(), tokens: 1 })
    }
}
