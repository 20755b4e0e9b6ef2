//! How models are asked.

use super::name::{ModelName, Provider};

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

impl ModelOptions {
    /// The defaults of a model: the Gemma family refuses JSON mode, and some of it system instructions.
    pub fn of(name: &ModelName) -> Self {
        let refuses = name.provider() == Provider::Gemini && name.name().starts_with("gemma");
        Self { json: !refuses, system: !refuses, thinking: None, temperature: None, safety: None, max_output: None }
    }
}
