//! What is known about models.

use super::*;

impl CoolModels for InMemoryStore {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, jiff::Timestamp>, StoreError> {
        let state = self.state();
        Ok(models.iter().filter_map(|model| Some((model.clone(), *state.cooldowns.get(model)?))).collect())
    }

    async fn cool_down(&self, model: &str, until: jiff::Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let end = state.cooldowns.entry(model.to_owned()).or_insert(until);
        *end = until.max(*end);
        Ok(())
    }
}

impl SpendBudget for InMemoryStore {
    async fn spend(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError> {
        let mut state = self.state();
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        let within =
            |limit: Option<u64>, sum: i64| limit.is_none_or(|limit| sum <= i64::try_from(limit).unwrap_or(i64::MAX));
        let full = allowances.iter().find(|allowance| {
            let spent = state.spent.get(&(model.to_owned(), allowance.period.clone()));
            let has_room = |&(requests, spent): &(i64, i64)| {
                requests == 0 || within(allowance.requests, requests + 1) && within(allowance.tokens, spent + tokens)
            };
            !spent.is_none_or(has_room)
        });
        if let Some(full) = full {
            return Ok(Spending::Refused { until: full.until });
        }
        for allowance in allowances {
            state.add_spent(model, allowance, 1, tokens);
        }
        Ok(Spending::Counted)
    }

    async fn correct(&self, model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError> {
        let mut state = self.state();
        allowances.iter().for_each(|allowance| state.add_spent(model, allowance, 0, tokens));
        Ok(())
    }
}
