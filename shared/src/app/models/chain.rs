//! Models that stand in for each other.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{
    budgets::{Budgets, Reservation},
    chain_error::ChainError,
    cooldowns::Cooldowns,
};
use crate::{
    domain::{Budget, Limits, Usage, prompt::Prompt},
    ports::{Clock, CoolModels, LanguageModel, ModelError, ModelResponse, SpendBudget},
};

/// Models in the order they are tried.
pub struct ModelChain<M, S, C> {
    models: Vec<(M, Limits)>,
    cooldowns: Cooldowns<S, C>,
    budgets: Budgets<S, C>,
}

impl<M, S, C> ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + Clone,
    C: Clock + Clone,
{
    /// A chain of at least one model, each with its limits.
    pub fn new(models: Vec<(M, Limits)>, store: S, clock: C) -> Self {
        let names = models.iter().map(|(model, _)| model.name()).collect();
        let cooldowns = Cooldowns::new(store.clone(), clock.clone(), names);
        Self { models, cooldowns, budgets: Budgets { store, clock } }
    }
}

impl<M, S, C> LanguageModel for ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget,
    C: Clock,
{
    fn name(&self) -> String {
        self.models.iter().map(|(model, _)| model.name()).collect::<Vec<_>>().join(",")
    }

    async fn refusal(&self) -> Option<ModelError> {
        self.cooldowns.refusal().await
    }

    /// The first answer. What one model refuses to read is not shown to another, and an answer that was too long would be
    /// too long again: these decide, too.
    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let cooling = self.cooldowns.current().await;
        let mut usage = Usage::default();
        let mut failures = ChainError::default();
        for (model, limits) in &self.models {
            let name = model.name();
            let reservation = match self.admit(&name, &limits.budget, &cooling, prompt).await {
                Ok(reservation) => reservation,
                Err(wait) => {
                    failures.add_wait(wait);
                    continue;
                }
            };
            let response = ask(model, &name, prompt).await;
            self.budgets.settle(&name, reservation, &response).await;
            usage += if usage.calls > 0 { response.usage.as_retry() } else { response.usage };
            match response.outcome {
                Err(error) if lets_the_next_try(&error) => failures.add(self.cool_down(&name, error).await),
                decided => return ModelResponse { outcome: decided, usage },
            }
        }
        ModelResponse { outcome: Err(failures.into_error()), usage }
    }
}

impl<M, S: CoolModels + SpendBudget, C: Clock> ModelChain<M, S, C> {
    /// Counts a call of a model, or gives the time until it may be asked: it cools down, or its budget is spent.
    async fn admit(
        &self,
        name: &str,
        budget: &Budget,
        cooling: &BTreeMap<String, Duration>,
        prompt: &Prompt,
    ) -> Result<Reservation, Duration> {
        match cooling.get(name) {
            Some(left) => Err(*left),
            None => self.budgets.reserve(name, budget, prompt).await,
        }
    }

    /// Leaves a model alone whose quota is used up, and says for how long.
    async fn cool_down(&self, name: &str, error: ModelError) -> ModelError {
        match error {
            ModelError::RateLimited { .. } | ModelError::DailyQuota | ModelError::NoCredit { .. } => {
                let wait = self.cooldowns.begin(name, &error).await;
                ModelError::RateLimited { retry_after: Some(wait) }
            }
            error => error,
        }
    }
}

/// Whether another model may answer what this one did not.
fn lets_the_next_try(error: &ModelError) -> bool {
    match error {
        ModelError::RateLimited { .. }
        | ModelError::DailyQuota
        | ModelError::NoCredit { .. }
        | ModelError::Unavailable { .. }
        | ModelError::Refused { .. } => true,
        ModelError::Blocked { .. } | ModelError::TooLong | ModelError::Malformed => false,
    }
}

/// One call, which is logged whatever comes of it: every token is accounted for.
async fn ask<M: LanguageModel>(model: &M, name: &str, prompt: &Prompt) -> ModelResponse {
    let begun = Instant::now();
    let response = model.generate(prompt).await;
    if let Err(error @ (ModelError::Refused { .. } | ModelError::NoCredit { .. })) = &response.outcome {
        // Nobody but the operator can do anything about it.
        tracing::error!(event = "model_refused", model = name, "{error}");
    }
    let Usage { prompt_tokens, output_tokens, thought_tokens, .. } = response.usage;
    tracing::info!(
        event = "model_called",
        model = name,
        outcome = response.outcome.as_ref().map_or_else(ModelError::kind, |_| "answered"),
        estimated_tokens = prompt.estimated_tokens(),
        prompt_tokens,
        output_tokens,
        thought_tokens,
        duration_ms = begun.elapsed().as_millis() as u64,
    );
    response
}

#[cfg(test)]
mod tests;
