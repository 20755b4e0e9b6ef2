//! How fast the models of a chain write (DESIGN rule 33). What cannot be read or kept fails no call.

use std::time::Duration;

use crate::{
    domain::{Answers, Pace, prompt::Prompt},
    ports::{Clock, KeepPaces, ModelResponse, StoreError},
};

/// How fast the models of a chain write.
pub(super) struct Paces<S, C> {
    pub(super) store: S,
    pub(super) clock: C,
}

impl<S: KeepPaces, C: Clock> Paces<S, C> {
    /// How fast a model writes, as far as it is known.
    pub(super) async fn of(&self, model: &str) -> Pace {
        self.store.pace(model).await.unwrap_or_else(|error| {
            not_kept(model, &error);
            Pace::default()
        })
    }

    /// Takes into account what an answer about members took.
    pub(super) async fn note(&self, model: &str, prompt: &Prompt, response: &ModelResponse, took: Duration) {
        if prompt.members == 0 || response.outcome.is_err() {
            return;
        }
        let seen = Answers {
            members: prompt.members as u64,
            tokens: response.usage.output_tokens.saturating_add(response.usage.thought_tokens),
            millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        };
        let kept = async {
            let mut pace = self.store.pace(model).await?;
            let before = pace;
            pace.learn(seen);
            if pace == before {
                return Ok(());
            }
            self.store.keep_pace(model, &pace, self.clock.now()).await
        };
        if let Err(error) = kept.await {
            not_kept(model, &error);
        }
    }
}

fn not_kept(model: &str, error: &StoreError) {
    tracing::warn!(event = "pace_not_kept", model, "{error}");
}
