//! A model as it is configured.

use std::str::FromStr;

use super::{
    name::{ModelName, Provider},
    options::ModelOptions,
};
use crate::domain::Budget;

/// A model as it is configured: `gemini:gemini-3.8-flash?thinking=low&rpm=10`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// Who it is.
    pub name: ModelName,
    /// How it is asked.
    pub options: ModelOptions,
    /// `rpm`, `tpm`, `rpd`, `tpd`: requests and tokens a minute and a day that may be spent on it, by all functions together.
    pub budget: Budget,
}

impl FromStr for ModelConfig {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, options) = text.split_once('?').unwrap_or((text, ""));
        let name: ModelName = name.parse().map_err(|()| {
            "must be a comma-separated list of models such as gemini:gemini-3.8-flash or openai:qwen3".to_owned()
        })?;
        let mut model = Self { options: ModelOptions::of(&name), name, budget: Budget::default() };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            model.set(key, value).ok_or_else(|| problem_with(key, &model.name))?;
        }
        Ok(model)
    }
}

impl ModelConfig {
    /// Sets an option, or gives `None` if there is none of that name or the value does not fit.
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        let Self { options, budget, name } = self;
        match key {
            "json" => options.json = switch(value)?,
            "system" => options.system = switch(value)?,
            "thinking" => options.thinking = Some(word(value)?),
            "temperature" => options.temperature = Some(value.parse().ok().filter(|t| (0.0..=2.0).contains(t))?),
            "safety" if name.provider() == Provider::Gemini => options.safety = Some(word(value)?),
            "max_output" => options.max_output = Some(positive(value)?),
            "rpm" => budget.requests_per_minute = Some(positive(value)?),
            "tpm" => budget.tokens_per_minute = Some(positive(value)?),
            "rpd" => budget.requests_per_day = Some(positive(value)?),
            "tpd" => budget.tokens_per_day = Some(positive(value)?),
            _ => return None,
        }
        Some(())
    }
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

/// A value of an enum of the provider's, which may grow.
fn word(value: &str) -> Option<String> {
    let is_word = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word.then(|| value.to_owned())
}

fn positive<N: FromStr + PartialOrd + From<u8>>(value: &str) -> Option<N> {
    value.parse().ok().filter(|number| *number >= N::from(1))
}

fn problem_with(option: &str, model: &ModelName) -> String {
    let expected = match option {
        "json" | "system" => "on or off",
        "temperature" => "a number from 0 to 2",
        "thinking" => "one word, such as low",
        "safety" if model.provider() == Provider::Gemini => "one word, such as BLOCK_ONLY_HIGH",
        "max_output" | "rpm" | "tpm" | "rpd" | "tpd" => "a whole number above 0",
        _ => return format!("{model} has an option that does not exist; {EXISTING_OPTIONS}"),
    };
    format!("the option {option} of {model} must be {expected}")
}

const EXISTING_OPTIONS: &str =
    "there are json, system, thinking, temperature, safety (gemini only), max_output, rpm, tpm, rpd and tpd";
