//! A chain of models, and how to reach them.

use std::time::Duration;

use super::{
    model::ModelConfig,
    name::{ModelName, Provider},
};
use crate::config::{ConfigError, secret::KeySource, variables::Variables};

/// Models, and how to reach them.
#[derive(Debug, Clone)]
pub struct ModelsConfig {
    /// The chain, in the order it is tried; empty where no model is to be asked.
    pub chain: Vec<ModelConfig>,
    /// How to reach the Gemini API; there if a model of the chain is Gemini's.
    pub gemini: Option<GeminiConfig>,
    /// How to reach an OpenAI-compatible server; there if a model of the chain is one of its.
    pub openai: Option<OpenAiConfig>,
    /// `MODEL_TIMEOUT_MS` (50000): how long one call may take of a model that has no `timeout` of its own.
    pub timeout: Duration,
}

/// How to reach the Gemini API.
#[derive(Debug, Clone)]
pub struct GeminiConfig {
    /// `GEMINI_API_KEY`: the key itself; without it, `GEMINI_API_KEY_PARAMETER` says where it is.
    pub key: KeySource,
    /// `GEMINI_BASE_URL`: where the API is, if not at Google's.
    pub base_url: Option<String>,
}

/// How to reach an OpenAI-compatible server.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// `OPENAI_API_KEY`: the key itself; without it, `OPENAI_API_KEY_PARAMETER` says where it is. A server on one's own
    /// machine mostly wants none.
    pub key: Option<KeySource>,
    /// `OPENAI_BASE_URL`: what comes before `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
}

impl ModelsConfig {
    /// The chain in the variable `chain`, and how to reach its models.
    pub(in crate::config) fn read(variables: &Variables<'_>, chain: &'static str) -> Result<Self, ConfigError> {
        Self::of(read_chain(variables, chain)?, variables)
    }

    /// The same, where `none` means that no model is asked (DESIGN rule 39).
    pub(in crate::config) fn read_or_none(variables: &Variables<'_>, chain: &'static str) -> Result<Self, ConfigError> {
        match variables.required(chain)?.as_str() {
            "none" => Self::of(Vec::new(), variables),
            _ => Self::read(variables, chain),
        }
    }

    fn of(chain: Vec<ModelConfig>, variables: &Variables<'_>) -> Result<Self, ConfigError> {
        let (gemini, openai) = (GeminiConfig::read(variables)?, OpenAiConfig::read(variables)?);
        Ok(Self {
            gemini: where_used(&chain, Provider::Gemini, gemini, "GEMINI_API_KEY_PARAMETER")?,
            openai: where_used(&chain, Provider::OpenAi, openai, "OPENAI_BASE_URL")?,
            timeout: variables.number("MODEL_TIMEOUT_MS", 50_000, 1..=600_000).map(Duration::from_millis)?,
            chain,
        })
    }
}

impl GeminiConfig {
    /// `None` without a key.
    fn read(variables: &Variables<'_>) -> Result<Option<Self>, ConfigError> {
        let key = KeySource::read(variables, "GEMINI_API_KEY", "GEMINI_API_KEY_PARAMETER");
        let base_url = variables.url("GEMINI_BASE_URL")?;
        Ok(key.map(|key| Self { key, base_url }))
    }
}

impl OpenAiConfig {
    /// `None` without an address.
    fn read(variables: &Variables<'_>) -> Result<Option<Self>, ConfigError> {
        let key = KeySource::read(variables, "OPENAI_API_KEY", "OPENAI_API_KEY_PARAMETER");
        let base_url = variables.url("OPENAI_BASE_URL")?;
        Ok(base_url.map(|base_url| Self { key, base_url }))
    }
}

/// Who is in the chain in the variable `chain`, for those who only look whether they are cooling down.
pub(in crate::config) fn read_names(
    variables: &Variables<'_>,
    chain: &'static str,
) -> Result<Vec<ModelName>, ConfigError> {
    Ok(read_chain(variables, chain)?.into_iter().map(|model| model.name).collect())
}

/// The same, where `none` means that no model is asked (DESIGN rule 39).
pub(in crate::config) fn read_names_or_none(
    variables: &Variables<'_>,
    chain: &'static str,
) -> Result<Vec<ModelName>, ConfigError> {
    match variables.required(chain)?.as_str() {
        "none" => Ok(Vec::new()),
        _ => read_names(variables, chain),
    }
}

fn read_chain(variables: &Variables<'_>, variable: &'static str) -> Result<Vec<ModelConfig>, ConfigError> {
    let chain = variables.required(variable)?;
    let chain: Result<Vec<ModelConfig>, String> = chain.split(',').map(|model| model.trim().parse()).collect();
    chain.map_err(|problem| ConfigError { variable, problem })
}

/// What reaches the models of `provider`: nothing if the chain has none, and an error if it has and `variable` is missing.
fn where_used<T>(
    chain: &[ModelConfig],
    provider: Provider,
    access: Option<T>,
    variable: &'static str,
) -> Result<Option<T>, ConfigError> {
    match access {
        _ if chain.iter().all(|model| model.name.provider() != provider) => Ok(None),
        Some(access) => Ok(Some(access)),
        None => Err(ConfigError { variable, problem: "is missing, and a configured model needs it".to_owned() }),
    }
}
