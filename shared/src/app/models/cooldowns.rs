//! Models that refused are left alone for a while, by all Lambdas (DESIGN rule 10).

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use tokio::{sync::Mutex, time::Instant};

use crate::{
    domain::{Cooldown, LONGEST_COOLDOWN, quota},
    ports::{Clock, CoolModels, ModelError, NO_CREDIT_COOLDOWN},
};

/// How long a model is left alone that does not say how long.
const UNSAID: Duration = Duration::from_secs(60);
/// How long what was read counts: calls that are made at once share one read.
const READ_LIFE: Duration = Duration::from_secs(1);

/// The cooldowns of certain models.
pub struct Cooldowns<S, C> {
    store: S,
    clock: C,
    models: Vec<String>,
    last_read: Mutex<Option<(Instant, BTreeMap<String, Timestamp>)>>,
}

impl<S: CoolModels, C: Clock> Cooldowns<S, C> {
    /// The cooldowns of `models`, named as configured.
    pub fn new(store: S, clock: C, models: Vec<String>) -> Self {
        Self { store, clock, models, last_read: Mutex::new(None) }
    }

    /// How long each model that cools down still does. A read that fails takes no model away.
    pub(super) async fn current(&self) -> BTreeMap<String, Duration> {
        let mut last_read = self.last_read.lock().await;
        let known = last_read.take().filter(|(at, _)| at.elapsed() < READ_LIFE);
        let (at, ends) = match known {
            Some(known) => known,
            None => {
                let ends = self.read().await;
                // Of those who waited for a read that took long each would read once more if it counted from its begin.
                (Instant::now(), ends)
            }
        };
        let now = self.clock.now();
        let left = |(model, end): (&String, &Timestamp)| Some((model.clone(), Cooldown::left(*end, now)?));
        let current = ends.iter().filter_map(left).collect();
        *last_read = Some((at, ends));
        current
    }

    /// The error of a call that would find every model cooling down.
    pub(in crate::app) async fn refusal(&self) -> Option<ModelError> {
        let current = self.current().await;
        let all = self.models.iter().all(|model| current.contains_key(model));
        let soonest = current.into_values().min().filter(|_| all)?;
        Some(ModelError::RateLimited { retry_after: Some(soonest) })
    }

    /// Leaves a model alone that refused, and gives for how long.
    pub(super) async fn begin(&self, model: &str, refused: &ModelError) -> Duration {
        let now = self.clock.now();
        let wait = match refused {
            ModelError::RateLimited { retry_after } => retry_after.unwrap_or(UNSAID),
            ModelError::NoCredit { .. } => NO_CREDIT_COOLDOWN,
            _ => Duration::try_from(quota::next_reset(now).duration_since(now)).unwrap_or(UNSAID),
        }
        .min(LONGEST_COOLDOWN);
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let cooldown = Cooldown { until, why: refused.kind().to_owned() };
        tracing::warn!(event = "model_cools_down", model, seconds = wait.as_secs());
        if let Err(error) = self.store.cool_down(model, &cooldown).await {
            tracing::warn!(event = "cooldown_not_kept", model, "{error}");
        }
        if let Some((_, ends)) = &mut *self.last_read.lock().await {
            ends.insert(model.to_owned(), until);
        }
        wait
    }

    async fn read(&self) -> BTreeMap<String, Timestamp> {
        self.store.cooldowns(&self.models).await.unwrap_or_else(|error| {
            tracing::warn!(event = "cooldowns_unread", "{error}");
            BTreeMap::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;

    use super::*;
    use crate::{ports::StoreError, testing::FixedClock};

    /// A store that takes its time, and then answers nothing.
    struct Late(Duration, AtomicU32);

    impl CoolModels for Late {
        async fn cooldowns(&self, _: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
            self.1.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.0).await;
            Err(StoreError::Unavailable { reason: "it did not answer in time".to_owned() })
        }

        async fn cool_down(&self, _: &str, _: &Cooldown) -> Result<(), StoreError> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rule_10_calls_at_once_share_one_read_however_long_it_takes() {
        for takes in [Duration::from_millis(900), Duration::from_millis(4_500)] {
            let store = Late(takes, AtomicU32::new(0));
            let cooldowns = Cooldowns::new(store, FixedClock::at("2026-11-22T12:00:00Z"), vec!["a".to_owned()]);
            let begun = Instant::now();
            join_all((0..40).map(|_| cooldowns.current())).await;
            assert_eq!((begun.elapsed(), cooldowns.store.1.load(Ordering::SeqCst)), (takes, 1));
        }
    }

    #[tokio::test]
    async fn rule_10_a_model_that_wants_to_be_left_alone_for_ever_is_asked_the_day_after_tomorrow() {
        let (store, clock) = (crate::testing::InMemoryStore::default(), FixedClock::at("2026-11-22T12:00:00Z"));
        let cooldowns = Cooldowns::new(store, clock.clone(), vec!["a".to_owned()]);
        let never = ModelError::RateLimited { retry_after: Some(Duration::MAX) };
        assert_eq!(cooldowns.begin("a", &never).await, LONGEST_COOLDOWN);
        assert!(cooldowns.refusal().await.is_some());
        clock.set("2026-11-23T13:00:00Z");
        assert!(cooldowns.refusal().await.is_none());
    }
}
