//! Models that stand in for each other.

use super::Cooldowns;
use crate::{
    domain::prompt::Prompt,
    ports::{Answer, Clock, CoolModels, LanguageModel, ModelError},
};

/// Models in the order they are tried.
pub struct ModelChain<M, S, C> {
    models: Vec<(String, M)>,
    cooldowns: Cooldowns<S, C>,
}

impl<M, S: CoolModels, C: Clock> ModelChain<M, S, C> {
    /// A chain of at least one model, each with its name as configured.
    pub fn new(models: Vec<(String, M)>, store: S, clock: C) -> Self {
        let names = models.iter().map(|(name, _)| name.clone()).collect();
        Self { models, cooldowns: Cooldowns::new(store, clock, names) }
    }
}

impl<M: LanguageModel, S: CoolModels, C: Clock> LanguageModel for ModelChain<M, S, C> {
    /// The first answer. A model that is not to be had hands over to the next, and one that is cooling down is not asked;
    /// what one model refuses to read is not shown to another, and an answer that was too long would be too long again.
    async fn generate(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let cooling = self.cooldowns.current().await;
        let mut failure = Failure::default();
        for (name, model) in &self.models {
            if let Some(left) = cooling.get(name) {
                failure.add(ModelError::RateLimited { retry_after: Some(*left) });
                continue;
            }
            match model.generate(prompt).await {
                Err(refused @ (ModelError::RateLimited { .. } | ModelError::DailyQuota)) => {
                    let wait = self.cooldowns.begin(name, &refused).await;
                    failure.add(ModelError::RateLimited { retry_after: Some(wait) });
                }
                Err(error @ (ModelError::Unavailable { .. } | ModelError::Refused { .. })) => failure.add(error),
                decided => return decided,
            }
        }
        Err(failure.into_error())
    }
}

/// What to say when no model answered: the soonest time to try again if there is one, else the first error.
#[derive(Default)]
struct Failure {
    first: Option<ModelError>,
    soonest: Option<std::time::Duration>,
}

impl Failure {
    fn add(&mut self, error: ModelError) {
        if let ModelError::RateLimited { retry_after: Some(wait) } = error {
            self.soonest = Some(self.soonest.map_or(wait, |soonest| soonest.min(wait)));
        }
        self.first.get_or_insert(error);
    }

    fn into_error(self) -> ModelError {
        match (self.soonest, self.first) {
            (Some(soonest), _) => ModelError::RateLimited { retry_after: Some(soonest) },
            (None, Some(first)) => first,
            (None, None) => ModelError::Unavailable { reason: "no model is configured".to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        domain::prompt::AnswerFormat,
        testing::{FixedClock, InMemoryStore, ScriptedModel},
    };

    struct Chain {
        models: [ScriptedModel; 2],
        store: InMemoryStore,
        clock: FixedClock,
    }

    impl Chain {
        fn of(models: [ScriptedModel; 2]) -> Self {
            Self { models, store: InMemoryStore::default(), clock: FixedClock::at("2026-11-22T12:00:00Z") }
        }

        /// As another Lambda would ask: with the store and nothing else in common.
        async fn ask(&self) -> Result<String, ModelError> {
            let prompt = Prompt { instructions: "", data: String::new(), answer: AnswerFormat::Text };
            let models = ["first", "second"].map(str::to_owned).into_iter().zip(self.models.clone()).collect();
            let chain = ModelChain::new(models, self.store.clone(), self.clock.clone());
            chain.generate(&prompt).await.map(|answer| answer.text)
        }

        fn asked(&self) -> [usize; 2] {
            [self.models[0].asked().len(), self.models[1].asked().len()]
        }
    }

    fn limited(seconds: u64) -> ModelError {
        ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[tokio::test]
    async fn rule_10_a_429_cools_the_model_down_for_all_and_the_next_stands_in() {
        let chain = Chain::of([ScriptedModel::failing(limited(20)), ScriptedModel::answering("second")]);
        assert_eq!(chain.ask().await, Ok("second".to_owned()));
        assert_eq!(chain.ask().await, Ok("second".to_owned()));
        assert_eq!(chain.asked(), [1, 2], "the first is left alone");
        chain.clock.set("2026-11-22T12:00:20Z");
        chain.ask().await.unwrap();
        assert_eq!(chain.asked(), [2, 3]);
    }

    #[tokio::test]
    async fn rule_10_when_all_cool_down_it_fails_at_once_with_the_soonest_time() {
        let chain = Chain::of([ScriptedModel::failing(ModelError::DailyQuota), ScriptedModel::failing(limited(20))]);
        assert_eq!(chain.ask().await, Err(limited(20)));
        chain.clock.set("2026-11-22T12:00:05Z");
        assert_eq!(chain.ask().await, Err(limited(15)));
        assert_eq!(chain.asked(), [1, 1]);
        chain.clock.set("2026-11-23T08:00:00Z");
        chain.ask().await.unwrap_err();
        assert_eq!(chain.asked(), [2, 2], "midnight in Los Angeles");
    }

    #[tokio::test]
    async fn rule_10_a_cooldown_only_ever_grows() {
        let chain = Chain::of([ScriptedModel::failing(limited(60)), ScriptedModel::answering("second")]);
        chain.ask().await.unwrap();
        chain.store.cool_down("first", "2026-11-22T12:00:10Z".parse().unwrap()).await.unwrap();
        chain.clock.set("2026-11-22T12:00:30Z");
        chain.ask().await.unwrap();
        assert_eq!(chain.asked(), [1, 2]);
    }

    #[tokio::test]
    async fn a_model_that_is_down_hands_over_without_cooling_down() {
        let down = ModelError::Unavailable { reason: "down".into() };
        let chain = Chain::of([ScriptedModel::failing(down.clone()), ScriptedModel::failing(ModelError::Truncated)]);
        assert_eq!(chain.ask().await, Err(ModelError::Truncated));
        assert_eq!(chain.ask().await, Err(ModelError::Truncated));
        assert_eq!(chain.asked(), [2, 2]);
    }

    #[tokio::test]
    async fn what_was_blocked_is_not_tried_elsewhere() {
        let blocked = ModelError::Blocked { reason: "SAFETY".into() };
        let chain = Chain::of([ScriptedModel::failing(blocked.clone()), ScriptedModel::answering("second")]);
        assert_eq!(chain.ask().await, Err(blocked));
        assert_eq!(chain.asked(), [1, 0]);
    }
}
