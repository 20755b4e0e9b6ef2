//! Models that refused are left alone for a while, by all Lambdas (DESIGN rule 10).

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use tokio::{sync::Mutex, time::Instant};

use crate::{
    domain::quota,
    ports::{Clock, CoolModels, ModelError},
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
            None => (Instant::now(), self.read().await),
        };
        let now = self.clock.now();
        let left = |end: &Timestamp| Duration::try_from(end.duration_since(now)).ok().filter(|left| !left.is_zero());
        let current = ends.iter().filter_map(|(model, end)| Some((model.clone(), left(end)?))).collect();
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
            _ => Duration::try_from(quota::next_reset(now).duration_since(now)).unwrap_or(UNSAID),
        };
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        tracing::warn!(event = "model_cools_down", model, seconds = wait.as_secs());
        if let Err(error) = self.store.cool_down(model, until).await {
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
