//! What was taken, times what it costs.

use std::collections::BTreeMap;

use crate::{
    account::{Account, Call, Work},
    prices::{ModelPrice, Prices},
};

const MILLION: f64 = 1_000_000.0;

/// An account and its prices.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// What was taken.
    pub account: Account,
    /// What is paid for it.
    pub prices: Prices,
}

/// One model, whatever it was called for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelBill {
    /// Calls and tokens, by name.
    pub numbers: Call,
    /// `None`: there is no price, and it is not in any sum.
    pub price: Option<ModelPrice>,
}

impl Bill {
    /// Of what was taken.
    #[must_use]
    pub fn of(account: Account, prices: Prices) -> Self {
        Self { account, prices }
    }

    /// By model.
    #[must_use]
    pub fn models(&self) -> BTreeMap<&str, ModelBill> {
        let mut models: BTreeMap<&str, ModelBill> = BTreeMap::new();
        for ((_, model), numbers) in &self.account.models {
            let bill = models.entry(model).or_default();
            bill.price = self.prices.models_per_million_tokens.get(model).copied();
            for (name, number) in numbers {
                *bill.numbers.entry(name.clone()).or_default() += number;
            }
        }
        models
    }

    /// Models that were called for that, as far as they have prices.
    #[must_use]
    pub fn of_work(&self, work: Work) -> f64 {
        let of_work = self.account.models.iter().filter(|((of, _), _)| *of == work);
        of_work
            .filter_map(|((_, model), numbers)| {
                Some(amount(numbers, self.prices.models_per_million_tokens.get(model)?))
            })
            .sum()
    }

    /// All models, as far as they have prices.
    #[must_use]
    pub fn of_models(&self) -> f64 {
        self.of_work(Work::Days) + self.of_work(Work::Merges)
    }

    /// Reading from DynamoDB.
    #[must_use]
    pub fn of_reads(&self) -> f64 {
        self.account.count("read_units") * self.prices.read_units_per_million / MILLION
    }

    /// Writing to DynamoDB.
    #[must_use]
    pub fn of_writes(&self) -> f64 {
        self.account.count("write_units") * self.prices.write_units_per_million / MILLION
    }

    /// Lambda's time.
    #[must_use]
    pub fn of_time(&self) -> f64 {
        self.account.gb_seconds * self.prices.lambda_gb_second
    }

    /// Lambda's requests.
    #[must_use]
    pub fn of_requests(&self) -> f64 {
        self.account.invocations() * self.prices.lambda_requests_per_million / MILLION
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.of_models() + self.of_reads() + self.of_writes() + self.of_time() + self.of_requests()
    }
}

impl ModelBill {
    /// How much of that.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    /// What it costs, if there is a price.
    #[must_use]
    pub fn amount(&self) -> Option<f64> {
        self.price.as_ref().map(|price| amount(&self.numbers, price))
    }

    /// What was saved because the provider had a part of the prompts.
    #[must_use]
    pub fn saved_by_cache(&self) -> f64 {
        self.price.map_or(0.0, |price| self.number("cached_tokens") * (price.input - price.of_cached()) / MILLION)
    }

    /// What was paid for answers that could not be used.
    #[must_use]
    pub fn unused(&self) -> f64 {
        let price = self.price.unwrap_or(ModelPrice { input: 0.0, cached: None, output: 0.0 });
        (self.number("unused_prompt_tokens") * price.input + self.number("unused_output_tokens") * price.output)
            / MILLION
    }
}

/// Cached tokens are among those of the prompt, and thoughts are not among those of the answer.
fn amount(numbers: &Call, price: &ModelPrice) -> f64 {
    let number = |name: &str| numbers.get(name).copied().unwrap_or_default();
    let cached = number("cached_tokens").min(number("prompt_tokens"));
    let input = (number("prompt_tokens") - cached) * price.input + cached * price.of_cached();
    (input + (number("output_tokens") + number("thought_tokens")) * price.output) / MILLION
}
