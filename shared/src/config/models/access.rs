//! A chain of models, and how to reach them.

use std::time::Duration;

use super::{
    model::ModelConfig,
    name::{ModelName, Provider},
};
use crate::config::{
    ConfigError,
    secret::{ApiKey, KeySource},
    variables::Variables,
};

/// Models, and how to reach them.
#[derive(Debug, Clone)]
pub struct ModelsConfig {
    /// The chain, in the order it is tried.
    pub chain: Vec<ModelConfig>,
    /// How to reach the Gemini API; there if a model of the chain is Gemini's.
    pub gemini: Option<GeminiConfig>,
    /// How to reach an OpenAI-compatible server; there if a model of the chain is one of its.
    pub openai: Option<OpenAiConfig>,
    /// `MODEL_TIMEOUT_MS` (50000): how long one call may take.
    pub timeout: Duration,
}

/// How to reach the Gemini API.
#[derive(Debug, Clone)]
pub struct GeminiConfig {
    /// `GEMINI_API_KEY`, or else `GEMINI_API_KEY_PARAMETER`.
    pub key: KeySource,
    /// `GEMINI_BASE_URL`: where the API is, if not at Google's.
    pub base_url: Option<String>,
}

/// How to reach an OpenAI-compatible server.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// `OPENAI_API_KEY`, or else `OPENAI_API_KEY_PARAMETER`; a server on one's own machine mostly wants none.
    pub key: Option<KeySource>,
    /// `OPENAI_BASE_URL`: what comes before `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
}

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    pub(in crate::config) fn chain(&self, variable: &'static str) -> Result<Vec<ModelConfig>, ConfigError> {
        let chain = self.required(variable)?;
        let chain: Result<Vec<ModelConfig>, String> = chain.split(',').map(|model| model.trim().parse()).collect();
        chain.map_err(|problem| ConfigError { variable, problem })
    }

    /// Who is in a chain, for those who only look whether they are cooling down.
    pub(in crate::config) fn names(&self, variable: &'static str) -> Result<Vec<ModelName>, ConfigError> {
        Ok(self.chain(variable)?.into_iter().map(|model| model.name).collect())
    }

    pub(in crate::config) fn models(&self, variable: &'static str) -> Result<ModelsConfig, ConfigError> {
        let chain = self.chain(variable)?;
        let has = |provider| chain.iter().any(|model| model.name.provider() == provider);
        let (has_gemini, has_openai) = (has(Provider::Gemini), has(Provider::OpenAi));
        let gemini_key = self.key("GEMINI_API_KEY", "GEMINI_API_KEY_PARAMETER");
        let gemini_url = self.url("GEMINI_BASE_URL")?;
        let openai_key = self.key("OPENAI_API_KEY", "OPENAI_API_KEY_PARAMETER");
        let openai_url = self.url("OPENAI_BASE_URL")?;
        Ok(ModelsConfig {
            chain,
            gemini: match gemini_key {
                Some(key) if has_gemini => Some(GeminiConfig { key, base_url: gemini_url }),
                None if has_gemini => return Err(missing("GEMINI_API_KEY_PARAMETER")),
                _ => None,
            },
            openai: match openai_url {
                Some(base_url) if has_openai => Some(OpenAiConfig { key: openai_key, base_url }),
                None if has_openai => return Err(missing("OPENAI_BASE_URL")),
                _ => None,
            },
            timeout: self.number("MODEL_TIMEOUT_MS", 50_000, 1..=600_000).map(Duration::from_millis)?,
        })
    }

    /// The key itself, which comes before the parameter that holds it.
    fn key(&self, variable: &'static str, parameter: &'static str) -> Option<KeySource> {
        let value = self.optional(variable).as_deref().and_then(ApiKey::new).map(KeySource::Value);
        let parameter = self.optional(parameter).map(KeySource::Parameter);
        value.or(parameter)
    }
}

fn missing(variable: &'static str) -> ConfigError {
    ConfigError { variable, problem: "is missing, and a configured model needs it".to_owned() }
}
