//! Models, their names and their keys.

use std::{fmt, str::FromStr, time::Duration};

use super::{ConfigError, variables::Variables};

/// Models, and how to reach them.
#[derive(Debug, Clone)]
pub struct ModelsConfig {
    /// The chain, in the order it is tried.
    pub chain: Vec<ModelName>,
    /// `GEMINI_API_KEY`, or else `GEMINI_API_KEY_PARAMETER`.
    pub gemini_key: KeySource,
    /// `GEMINI_BASE_URL`: where the Gemini API is, if not at Google's.
    pub gemini_base_url: Option<String>,
    /// `MODEL_TIMEOUT_MS` (50000): how long one call may take.
    pub timeout: Duration,
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

/// A model as it is configured: `gemini:gemini-3.8-flash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName(String);

impl ModelName {
    const PROVIDER: &str = "gemini:";

    /// The name its API knows it by.
    pub fn name(&self) -> &str {
        self.0.strip_prefix(Self::PROVIDER).unwrap_or(&self.0)
    }
}

impl FromStr for ModelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        match text.strip_prefix(Self::PROVIDER) {
            Some(name) if plain(name) => Ok(Self(text.to_owned())),
            _ => Err("must be a comma-separated list of models such as gemini:gemini-3.8-flash".to_owned()),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    pub(super) fn chain(&self, variable: &'static str) -> Result<Vec<ModelName>, ConfigError> {
        let chain = self.required(variable)?;
        let chain: Result<Vec<ModelName>, String> = chain.split(',').map(|name| name.trim().parse()).collect();
        chain.map_err(|problem| ConfigError { variable, problem })
    }

    pub(super) fn models(&self, variable: &'static str) -> Result<ModelsConfig, ConfigError> {
        let gemini_key = match self.optional("GEMINI_API_KEY").as_deref().and_then(ApiKey::new) {
            Some(key) => KeySource::Value(key),
            None => KeySource::Parameter(self.required("GEMINI_API_KEY_PARAMETER")?),
        };
        Ok(ModelsConfig {
            chain: self.chain(variable)?,
            gemini_key,
            gemini_base_url: self.url("GEMINI_BASE_URL")?,
            timeout: self.number("MODEL_TIMEOUT_MS", 50_000, 1..=600_000).map(Duration::from_millis)?,
        })
    }
}
