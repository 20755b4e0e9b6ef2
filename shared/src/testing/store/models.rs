//! What is known about models: when they are left alone, what was spent on them, and who waits for them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::{InMemoryStore, State};
use crate::{
    domain::{Allowance, Cooldown, Line, Pace},
    ports::{CoolModels, KeepLines, KeepPaces, ManageCooldowns, ReadSpent, SpendBudget, Spending, StoreError},
};

impl CoolModels for InMemoryStore {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let state = self.state();
        Ok(models.iter().filter_map(|model| Some((model.clone(), state.cooldowns.get(model)?.until))).collect())
    }

    async fn cool_down(&self, model: &str, cooldown: &Cooldown) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.cooldowns.get(model).is_none_or(|there| there.until < cooldown.until) {
            state.cooldowns.insert(model.to_owned(), cooldown.clone());
        }
        Ok(())
    }
}

impl ManageCooldowns for InMemoryStore {
    async fn cooldowns_with_reasons(&self, models: &[String]) -> Result<BTreeMap<String, Cooldown>, StoreError> {
        let state = self.state();
        Ok(models.iter().filter_map(|model| Some((model.clone(), state.cooldowns.get(model)?.clone()))).collect())
    }

    async fn end_cooldown(&self, model: &str) -> Result<(), StoreError> {
        self.state().cooldowns.remove(model);
        Ok(())
    }
}

impl SpendBudget for InMemoryStore {
    async fn spend(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError> {
        let takes = self.state().failures.spending_takes;
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        let mut state = self.state();
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        if let Some(full) = allowances.iter().find(|allowance| !state.has_room(model, allowance, tokens)) {
            return Ok(Spending::Refused { until: full.until });
        }
        allowances.iter().for_each(|allowance| state.add_spent(model, allowance, 1, tokens));
        Ok(Spending::Counted)
    }

    async fn correct(&self, model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError> {
        let mut state = self.state();
        allowances.iter().for_each(|allowance| state.add_spent(model, allowance, 0, tokens));
        Ok(())
    }

    async fn take_back(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        allowances.iter().for_each(|allowance| state.add_spent(model, allowance, -1, -tokens));
        Ok(())
    }
}

impl ReadSpent for InMemoryStore {
    async fn spent(&self, model: &str, allowance: &Allowance) -> Result<(u64, u64), StoreError> {
        let state = self.state();
        let spent = state.spent.get(&(model.to_owned(), allowance.period.clone())).copied().unwrap_or_default();
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok((count(spent.0), count(spent.1)))
    }
}

impl KeepLines for InMemoryStore {
    async fn line(&self, model: &str) -> Result<Line, StoreError> {
        Ok(self.state().lines.get(model).cloned().unwrap_or_default())
    }

    async fn keep_line(&self, model: &str, line: &Line) -> Result<(), StoreError> {
        let mut state = self.state();
        let there = state.lines.entry(model.to_owned()).or_default();
        if there.revision != line.revision {
            return Err(StoreError::Conflict);
        }
        *there = Line { revision: line.revision + 1, ..line.clone() };
        Ok(())
    }
}

impl KeepPaces for InMemoryStore {
    async fn pace(&self, model: &str) -> Result<Pace, StoreError> {
        Ok(self.state().paces.get(model).copied().unwrap_or_default())
    }

    async fn keep_pace(&self, model: &str, pace: &Pace, _: Timestamp) -> Result<(), StoreError> {
        self.state().paces.insert(model.to_owned(), *pace);
        Ok(())
    }
}

impl State {
    /// The first request of a period always has.
    fn has_room(&self, model: &str, allowance: &Allowance, tokens: i64) -> bool {
        let within =
            |limit: Option<u64>, sum: i64| limit.is_none_or(|limit| sum <= i64::try_from(limit).unwrap_or(i64::MAX));
        self.spent.get(&(model.to_owned(), allowance.period.clone())).is_none_or(|&(requests, spent)| {
            requests == 0 || within(allowance.requests, requests + 1) && within(allowance.tokens, spent + tokens)
        })
    }

    fn add_spent(&mut self, model: &str, allowance: &Allowance, requests: i64, tokens: i64) {
        let spent = self.spent.entry((model.to_owned(), allowance.period.clone())).or_default();
        *spent = (spent.0 + requests, spent.1 + tokens);
    }
}
