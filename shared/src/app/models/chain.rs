//! Models that stand in for each other.

mod asked;
mod link;
mod tries;

use std::time::Duration;

use tokio::time::Instant;

use super::{
    budgets::{Budgets, Reservation},
    chain_error::ChainError,
    cooldowns::Cooldowns,
    hedges::Hedges,
    paces::Paces,
    turns::{Turn, Turns},
};
use crate::{
    domain::{Limits, Usage, prompt::Prompt},
    ports::{Capacity, Clock, CoolModels, KeepLines, KeepPaces, LanguageModel, ModelError, ModelResponse, SpendBudget},
};
use link::{Books, Link};
use tries::Trying;

/// Models in the order they are tried.
pub struct ModelChain<M, S, C> {
    models: Vec<Link<M, S, C>>,
    books: Books<S, C>,
}

impl<M, S, C> ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock + Clone,
{
    /// A chain of at least one model, each with its limits.
    pub fn new(models: Vec<(M, Limits)>, store: S, clock: C) -> Self {
        let names = models.iter().map(|(model, _)| model.name()).collect();
        let cooldowns = Cooldowns::new(store.clone(), clock.clone(), names);
        let link = |(model, limits): (M, Limits)| {
            let turns = Turns::new(store.clone(), clock.clone(), model.name(), &limits);
            Link { model, limits, turns, hedges: Hedges::default() }
        };
        let models = models.into_iter().map(link).collect();
        let paces = Paces { store: store.clone(), clock: clock.clone() };
        Self { models, books: Books { cooldowns, budgets: Budgets { store, clock }, paces } }
    }
}

/// Why a model is not called.
enum NotCalled {
    /// It cools down, or its budget is spent, for so long.
    For(Duration),
    /// There was no turn in time.
    NoTurn,
}

impl<M, S, C> LanguageModel for ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock,
{
    fn name(&self) -> String {
        self.models.iter().map(|link| link.model.name()).collect::<Vec<_>>().join(",")
    }

    async fn refusal(&self) -> Option<ModelError> {
        self.books.cooldowns.refusal().await
    }

    /// Of the first model, whether it cools down or not: a day is cut alike whoever answers.
    async fn capacity(&self) -> Capacity {
        match self.models.first() {
            Some(Link { model, limits, .. }) => {
                Capacity { pace: self.books.paces.of(&model.name()).await, limits: *limits }
            }
            None => Capacity::default(),
        }
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        self.generate_within(prompt, Duration::MAX).await
    }

    /// The first answer. What one model refuses to read is not shown to another, and an answer that was too long would be
    /// too long again: these decide, too. So does a turn that does not come in time: there is none left for another.
    async fn generate_within(&self, prompt: &Prompt, left: Duration) -> ModelResponse {
        let begun = Instant::now();
        let mut usage = Usage::default();
        let mut failures = ChainError::default();
        for link in &self.models {
            let name = link.model.name();
            let left = left.saturating_sub(begun.elapsed());
            let (turn, reservation) = match self.admit(link, &name, prompt, left).await {
                Ok(admitted) => admitted,
                Err(NotCalled::For(wait)) => {
                    failures.add_wait(wait);
                    continue;
                }
                Err(NotCalled::NoTurn) => return ModelResponse { outcome: Err(ModelError::NoTurn), usage },
            };
            let response = Trying { books: &self.books, link, name: &name, prompt }.call(turn, reservation).await;
            usage += if usage.calls > 0 { response.usage.as_retry() } else { response.usage };
            match response.outcome {
                Err(error) if lets_the_next_try(&error) => failures.add(error),
                decided => return ModelResponse { outcome: decided, usage },
            }
        }
        ModelResponse { outcome: Err(failures.into_error()), usage }
    }
}

impl<M, S, C> ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock,
{
    /// Waits for a turn at a model and counts a call of it, in the period in which it is made; or says why it is not called.
    async fn admit<'a>(
        &self,
        link: &'a Link<M, S, C>,
        name: &str,
        prompt: &Prompt,
        left: Duration,
    ) -> Result<(Option<Turn<'a, S>>, Reservation), NotCalled> {
        self.is_cold(name).await?;
        let mut turn = match &link.turns {
            None => None,
            Some(turns) => Some(turns.turn(prompt.priority, left).await.ok_or(NotCalled::NoTurn)?),
        };
        let admitted = async {
            if turn.as_ref().is_some_and(|turn| turn.has_waited) {
                self.is_cold(name).await?; // who went before may have been refused
            }
            self.books.budgets.reserve(name, &link.limits.budget, prompt).await.map_err(NotCalled::For)
        };
        match admitted.await {
            Ok(reservation) => Ok((turn, reservation)),
            Err(reason) => {
                if let Some(turn) = &mut turn {
                    turn.leave().await;
                }
                Err(reason)
            }
        }
    }

    /// An error if the model cools down.
    async fn is_cold(&self, name: &str) -> Result<(), NotCalled> {
        match self.books.cooldowns.current().await.get(name) {
            Some(left) => Err(NotCalled::For(*left)),
            None => Ok(()),
        }
    }
}

/// Whether another model may answer what this one did not.
fn lets_the_next_try(error: &ModelError) -> bool {
    match error {
        ModelError::RateLimited { .. }
        | ModelError::DailyQuota
        | ModelError::NoCredit { .. }
        | ModelError::TimedOut
        | ModelError::Unavailable { .. }
        | ModelError::Refused { .. } => true,
        ModelError::Blocked { .. } | ModelError::TooLong | ModelError::Malformed | ModelError::NoTurn => false,
    }
}

#[cfg(test)]
mod tests;
