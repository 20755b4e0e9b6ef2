//! Asks a model for as long as there is time (DESIGN rule 11).

use crate::{
    app::Deadline,
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
};

/// Asks a model; no call is begun, and none goes on, that could not be kept before the Lambda is stopped.
pub(in crate::app) async fn ask_before<M: LanguageModel>(
    deadline: Deadline,
    model: &M,
    prompt: &Prompt,
) -> ModelResponse {
    let left = deadline.model_time_left();
    if left.is_zero() {
        return out_of_time(Usage::default());
    }
    // Boxed: what a chain waits for is large, and whoever asks it would be as large, several times over.
    let asked = tokio::time::timeout(left, Box::pin(model.generate_within(prompt, left))).await;
    asked.unwrap_or_else(|_| out_of_time(Usage::FAILED_CALL))
}

fn out_of_time(usage: Usage) -> ModelResponse {
    let reason = "no time is left to ask it".to_owned();
    ModelResponse { outcome: Err(ModelError::Unavailable { reason }), usage }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        domain::{Priority, prompt::AnswerFormat},
        testing::ScriptedModel,
    };

    fn prompt() -> Prompt {
        let priority = Priority::Normal;
        Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Text, members: 0, priority }
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_work_that_is_stopped_for_its_models_still_had_time_to_ask() {
        let deadline = Deadline::new(Duration::from_secs(30), None).of_models();
        deadline.reached().await;
        let model = ScriptedModel::answering("in time");
        assert!(ask_before(deadline, &model, &prompt()).await.outcome.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_no_model_call_goes_on_to_the_last_five_seconds() {
        let model = ScriptedModel::answering("in time").taking(Duration::from_secs(10));
        let prompt = prompt();
        let ask = async |seconds| {
            let deadline = Deadline::new(Duration::from_secs(seconds), None);
            ask_before(deadline, &model, &prompt).await.outcome.is_ok()
        };
        assert!(ask(16).await);
        assert!(!ask(14).await, "it would end 4 seconds before the Lambda does");
        assert!(!ask(5).await);
        assert_eq!(model.asked().len(), 2, "the last one is not even begun");
    }
}
