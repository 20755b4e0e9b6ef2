//! A model as it is configured.

use super::name::{ModelName, Provider};
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

/// How a model is asked. What is left out is the provider's own default.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOptions {
    /// `json` (`on`, for Gemma `off`): the answer's format is enforced by the API, not by the prompt alone.
    pub json: bool,
    /// `system` (`on`, for Gemma `off`): the instructions are a system instruction, not the first words of the question.
    pub system: bool,
    /// `thinking`: how much it thinks; Gemini's `thinkingLevel`, others' `reasoning_effort`.
    pub thinking: Option<String>,
    /// `temperature`, from 0 to 2.
    pub temperature: Option<f64>,
    /// `safety`: what Gemini's filters let pass, such as `BLOCK_ONLY_HIGH`.
    pub safety: Option<String>,
    /// `max_output`: tokens an answer may have.
    pub max_output: Option<u32>,
}

impl ModelConfig {
    /// A model without options or a budget of its own.
    pub fn new(name: ModelName) -> Self {
        Self { options: ModelOptions::of(&name), name, budget: Budget::default() }
    }
}

impl ModelOptions {
    /// The defaults of a model: the Gemma family refuses JSON mode, and some of it system instructions.
    pub fn of(name: &ModelName) -> Self {
        let refuses = name.provider() == Provider::Gemini && name.name().starts_with("gemma");
        Self { json: !refuses, system: !refuses, thinking: None, temperature: None, safety: None, max_output: None }
    }
}
