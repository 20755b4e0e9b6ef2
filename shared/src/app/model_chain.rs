//! Models that stand in for each other.

use crate::{
    domain::prompt::Prompt,
    ports::{Answer, LanguageModel, ModelError},
};

/// Models in the order they are tried.
pub struct ModelChain<M> {
    models: Vec<M>,
}

impl<M> ModelChain<M> {
    /// A chain of at least one model.
    pub fn new(models: Vec<M>) -> Self {
        Self { models }
    }
}

impl<M: LanguageModel> LanguageModel for ModelChain<M> {
    /// The first answer. A model that is not to be had hands over to the next; what one model refuses to read is not
    /// shown to another, and an answer that was too long would be too long again.
    async fn generate(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let mut first_error = None;
        for model in &self.models {
            match model.generate(prompt).await {
                Err(
                    error @ (ModelError::RateLimited { .. }
                    | ModelError::Unavailable { .. }
                    | ModelError::Refused { .. }),
                ) => {
                    first_error.get_or_insert(error);
                }
                decided => return decided,
            }
        }
        Err(first_error.unwrap_or_else(|| ModelError::Unavailable { reason: "no model is configured".to_owned() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::prompt::AnswerFormat, testing::ScriptedModel};

    async fn ask(models: [ScriptedModel; 2]) -> Result<String, ModelError> {
        let prompt = Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Text };
        ModelChain::new(models.to_vec()).generate(&prompt).await.map(|answer| answer.text)
    }

    #[tokio::test]
    async fn the_next_model_stands_in() {
        let limited = ModelError::RateLimited { retry_after: None };
        let chain = [ScriptedModel::failing(limited.clone()), ScriptedModel::answering("second")];
        assert_eq!(ask(chain).await, Ok("second".to_owned()));
        let unavailable = ModelError::Unavailable { reason: "down".into() };
        let chain = [ScriptedModel::failing(limited.clone()), ScriptedModel::failing(unavailable)];
        assert_eq!(ask(chain).await, Err(limited));
    }

    #[tokio::test]
    async fn what_was_blocked_is_not_tried_elsewhere() {
        let blocked = ModelError::Blocked { reason: "SAFETY".into() };
        let chain = [ScriptedModel::failing(blocked.clone()), ScriptedModel::answering("second")];
        assert_eq!(ask(chain).await, Err(blocked));
    }
}
