//! Models, how to reach them, and what is asked of each.

use std::{fmt, str::FromStr, time::Duration};

use super::{ConfigError, variables::Variables};
use crate::domain::Budget;

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

/// Where a key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// The environment itself.
    Value(ApiKey),
    /// The SSM SecureString of that name.
    Parameter(String),
}

/// A secret. It is shown to who must send it, and to nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key that is not blank.
    pub fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        (!value.is_empty()).then(|| Self(value.to_owned()))
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

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

/// The name of a model: `gemini:gemini-3.8-flash`. Cooldowns and spent budgets are kept under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    provider: Provider,
    name: String,
}

/// Whose API a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// `generateContent`.
    Gemini,
    /// `/chat/completions`.
    OpenAi,
}

impl ModelName {
    /// Whose API it speaks.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The name its API knows it by.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = match self.provider {
            Provider::Gemini => "gemini",
            Provider::OpenAi => "openai",
        };
        write!(f, "{provider}:{}", self.name)
    }
}

impl FromStr for ModelName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (provider, name) = text.split_once(':').ok_or(())?;
        // Names of OpenAI-compatible servers have owners and tags: `meta-llama/llama-4:free`.
        let (provider, others) = match provider {
            "gemini" => (Provider::Gemini, ".-_"),
            "openai" => (Provider::OpenAi, ".-_/:@+"),
            _ => return Err(()),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        let is_name = !name.is_empty() && name.chars().all(fits);
        is_name.then(|| Self { provider, name: name.to_owned() }).ok_or(())
    }
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

impl ModelOptions {
    /// The defaults of a model: the Gemma family refuses JSON mode, and some of it system instructions.
    pub fn of(name: &ModelName) -> Self {
        let refuses = name.provider == Provider::Gemini && name.name.starts_with("gemma");
        Self { json: !refuses, system: !refuses, thinking: None, temperature: None, safety: None, max_output: None }
    }
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
            "safety" if name.provider == Provider::Gemini => options.safety = Some(word(value)?),
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
        "safety" if model.provider == Provider::Gemini => "one word, such as BLOCK_ONLY_HIGH",
        "max_output" | "rpm" | "tpm" | "rpd" | "tpd" => "a whole number above 0",
        _ => return format!("{model} has an option that does not exist; {EXISTING_OPTIONS}"),
    };
    format!("the option {option} of {model} must be {expected}")
}

const EXISTING_OPTIONS: &str =
    "there are json, system, thinking, temperature, safety (gemini only), max_output, rpm, tpm, rpd and tpd";

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    pub(super) fn chain(&self, variable: &'static str) -> Result<Vec<ModelConfig>, ConfigError> {
        let chain = self.required(variable)?;
        let chain: Result<Vec<ModelConfig>, String> = chain.split(',').map(|model| model.trim().parse()).collect();
        chain.map_err(|problem| ConfigError { variable, problem })
    }

    /// Who is in a chain, for those who only look whether they are cooling down.
    pub(super) fn names(&self, variable: &'static str) -> Result<Vec<ModelName>, ConfigError> {
        Ok(self.chain(variable)?.into_iter().map(|model| model.name).collect())
    }

    pub(super) fn models(&self, variable: &'static str) -> Result<ModelsConfig, ConfigError> {
        let chain = self.chain(variable)?;
        let has = |provider| chain.iter().any(|model| model.name.provider == provider);
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
