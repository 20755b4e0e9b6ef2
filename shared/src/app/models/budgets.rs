//! What is spent on models that have a budget. Models without one cost the store nothing.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    domain::{Allowance, Budget, prompt::Prompt},
    ports::{Clock, ModelError, ModelResponse, SpendBudget, Spending, StoreError},
};

/// The budgets of a chain's models.
pub(super) struct Budgets<S, C> {
    pub(super) store: S,
    pub(super) clock: C,
}

/// A call that was counted before it is made, by the tokens it is thought to take.
pub(super) struct Reservation {
    allowances: Vec<Allowance>,
    tokens: u64,
}

impl<S: SpendBudget, C: Clock> Budgets<S, C> {
    /// Counts the call, or gives the time until it is allowed. A budget that cannot be counted refuses nothing: the model's
    /// own limits are still there.
    pub(super) async fn reserve(&self, model: &str, budget: &Budget, prompt: &Prompt) -> Result<Reservation, Duration> {
        let now = self.clock.now();
        let allowances = budget.allowances(prompt.priority, now);
        let mut reservation = Reservation { allowances, tokens: prompt.estimated_tokens() };
        if reservation.allowances.is_empty() {
            return Ok(reservation);
        }
        match self.store.spend(model, &reservation.allowances, reservation.tokens).await {
            Ok(Spending::Counted) => {}
            Ok(Spending::Refused { until }) => return Err(wait(now, until)),
            Err(error) => {
                not_counted(model, &error);
                reservation.allowances.clear();
            }
        }
        Ok(reservation)
    }

    /// Corrects what was counted by what the call took.
    pub(super) async fn settle(&self, model: &str, reservation: Reservation, response: &ModelResponse) {
        let Some(taken) = tokens(response) else { return };
        let difference = i64::try_from(taken).unwrap_or(i64::MAX) - i64::try_from(reservation.tokens).unwrap_or(0);
        if reservation.allowances.is_empty() || difference == 0 {
            return;
        }
        if let Err(error) = self.store.correct(model, &reservation.allowances, difference).await {
            not_counted(model, &error);
        }
    }

    /// Takes back what was counted for a call that is not made.
    pub(super) async fn take_back(&self, model: &str, reservation: Reservation) {
        let Reservation { allowances, tokens } = reservation;
        if allowances.is_empty() {
            return;
        }
        if let Err(error) = self.store.take_back(model, &allowances, tokens).await {
            not_counted(model, &error);
        }
    }
}

/// The tokens a call took, where that is known: of one that broke off, nobody knows.
fn tokens(response: &ModelResponse) -> Option<u64> {
    match (response.usage.tokens(), &response.outcome) {
        (
            0,
            Err(
                ModelError::RateLimited { .. }
                | ModelError::DailyQuota
                | ModelError::NoCredit { .. }
                | ModelError::Refused { .. },
            ),
        ) => Some(0),
        (0, _) => None,
        (tokens, _) => Some(tokens),
    }
}

fn wait(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

fn not_counted(model: &str, error: &StoreError) {
    tracing::warn!(event = "budget_not_counted", model, "{error}");
}
