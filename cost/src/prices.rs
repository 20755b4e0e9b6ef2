//! What is paid for what. The file says its date, its region and where its numbers are from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

/// The prices that are built in, and an example for others.
const BUILT_IN: &str = include_str!("../prices.json");

/// Prices, in `currency`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// When they were looked up.
    pub date: Date,
    /// Of DynamoDB and Lambda.
    pub region: String,
    /// What all of them are in.
    pub currency: String,
    /// DynamoDB, on demand.
    pub read_units_per_million: f64,
    /// DynamoDB, on demand.
    pub write_units_per_million: f64,
    /// Lambda's time.
    pub lambda_gb_second: f64,
    /// Lambda's requests.
    pub lambda_requests_per_million: f64,
    /// By `provider:model`, without options.
    pub models_per_million_tokens: BTreeMap<String, ModelPrice>,
    /// Where the numbers are from.
    pub sources: Vec<String>,
    /// What is not sure about them.
    #[serde(default)]
    pub unverified: String,
}

/// What a million tokens of a model cost.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// Of what is asked.
    pub input: f64,
    /// Of those of them that the provider had in its cache; like all others where it is not known.
    pub cached: Option<f64>,
    /// Of what is answered, thoughts included.
    pub output: f64,
}

/// The file is none of prices.
#[derive(Debug, thiserror::Error)]
#[error("these are no prices: {0}")]
pub struct PricesError(#[from] serde_json::Error);

impl Prices {
    /// Those that are built in.
    ///
    /// # Errors
    /// When they cannot be read, which a test rules out.
    pub fn built_in() -> Result<Self, PricesError> {
        Self::read(BUILT_IN)
    }

    /// Those of a file such as `cost/prices.json`.
    ///
    /// # Errors
    /// When a field is missing or unknown, or is no number.
    pub fn read(json: &str) -> Result<Self, PricesError> {
        Ok(serde_json::from_str(json)?)
    }
}

impl ModelPrice {
    /// Of a million tokens out of the provider's cache.
    #[must_use]
    pub fn of_cached(&self) -> f64 {
        self.cached.unwrap_or(self.input)
    }
}
