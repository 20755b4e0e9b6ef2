//! A model as it is configured.

use std::{num::NonZeroU32, time::Duration};

use super::name::{ModelName, Provider};
use crate::domain::Budget;

/// A model as it is configured: `gemini:gemini-3.8-flash?thinking=low&rpm=10`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// Who it is.
    pub name: ModelName,
    /// How it is asked.
    pub options: ModelOptions,
    /// `tier` (`free`): nothing is paid for it, whatever its name says.
    pub free_tier: bool,
    /// `rpm`, `tpm`, `rpd`, `tpd`: requests and tokens a minute and a day that may be spent on it, by all functions together.
    pub budget: Budget,
    /// `parallel`: calls it answers at a time, of all functions together; any number if it is left out (DESIGN rule 34).
    pub parallel: Option<NonZeroU32>,
    /// `timeout`, in seconds: how long one call may take; `MODEL_TIMEOUT_MS` if it is left out.
    pub timeout: Option<Duration>,
    /// `hedge` (`off`): a call that is slower than nine of ten is tried a second time (DESIGN rule 48).
    pub hedge: bool,
}

/// How a model is asked. What is left out is the provider's own default.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOptions {
    /// `json` (`schema`, for Gemma and on Bedrock `off`): how far the answer's format is enforced by the API, not by the prompt alone.
    pub json: JsonForm,
    /// `system` (`on`, for Gemma `off`): the instructions are a system instruction, not the first words of the question.
    pub system: bool,
    /// `thinking`: how much it thinks; Gemini's `thinkingLevel`, Bedrock's `effort`, others' `reasoning_effort`.
    pub thinking: Option<String>,
    /// `temperature`, from 0 to 2.
    pub temperature: Option<f64>,
    /// `safety`: what Gemini's filters let pass, such as `BLOCK_ONLY_HIGH`.
    pub safety: Option<String>,
    /// `max_output`: tokens an answer may have.
    pub max_output: Option<u32>,
    /// `tokens` (`max_tokens`): the field that `max_output` is sent in to an OpenAI-compatible server.
    pub tokens: TokensField,
}

/// How far an API is asked to enforce the format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonForm {
    /// The schema.
    Schema,
    /// That it is a JSON object.
    Object,
    /// Not at all: the prompt asks for it all the same.
    Off,
}

/// What the limit of an answer's tokens is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokensField {
    /// By most servers.
    MaxTokens,
    /// By OpenAI's models since o1.
    MaxCompletionTokens,
}

impl JsonForm {
    /// What a server may take that refuses this one.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Off),
            Self::Off => None,
        }
    }
}

impl ModelConfig {
    /// A model without options or a budget of its own.
    pub fn new(name: ModelName) -> Self {
        let options = ModelOptions::of(&name);
        Self { options, name, free_tier: false, budget: Budget::default(), parallel: None, timeout: None, hedge: false }
    }
}

impl ModelConfig {
    /// Whether nothing is paid for it, as far as it is known: then what it is sent may be used to train models.
    pub fn is_unpaid(&self) -> bool {
        let name = self.name.name();
        let by_name = match self.name.provider() {
            // Gemma has no paid tier at Google's.
            Provider::Gemini => name.starts_with("gemma"),
            // As OpenRouter names them.
            Provider::OpenAi => name.ends_with(":free"),
            Provider::Bedrock => false,
        };
        self.free_tier || by_name
    }
}

impl ModelOptions {
    /// The defaults of a model: the Gemma family refuses JSON mode, and some of it system instructions. Most of Bedrock's
    /// models know no schema.
    pub fn of(name: &ModelName) -> Self {
        let refuses = name.provider() == Provider::Gemini && name.name().starts_with("gemma");
        let knows_json = !refuses && name.provider() != Provider::Bedrock;
        Self {
            json: if knows_json { JsonForm::Schema } else { JsonForm::Off },
            system: !refuses,
            thinking: None,
            temperature: None,
            safety: None,
            max_output: None,
            tokens: TokensField::MaxTokens,
        }
    }
}
