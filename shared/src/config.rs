//! What each function reads from its environment. A wrong value stops the function at init, and says which one it is.
//!
//! Every constructor takes a lookup, so that no test needs the environment of the process.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use crate::domain::Calendar;

/// A variable that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {variable}: {problem}")]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong with it, without its value.
    pub problem: String,
}

/// What `ingest_messages` reads.
#[derive(Debug, Clone)]
pub struct IngestMessagesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `MESSAGE_RETENTION_DAYS` (30): how long messages are kept; more than `HISTORY_DAYS` + 1, so that no day of the
    /// window loses messages.
    pub retention_days: u16,
}

/// What `daily_summary` reads.
#[derive(Debug, Clone)]
pub struct DailySummaryConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `MESSAGES_TABLE`: the table of messages.
    pub messages_table: String,
    /// `SUMMARY_MODELS`, and how to reach them.
    pub models: ModelsConfig,
    /// `CURRENT_DAY_TTL_SECONDS` (3600): the life of an open day's summary.
    pub open_day_ttl: Duration,
    /// `SETTLE_SECONDS` (1200): how long after its end a day stays open.
    pub settle: Duration,
}

/// What `get_memories` reads.
#[derive(Debug, Clone)]
pub struct GetMemoriesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `DAILY_SUMMARY_FUNCTION`: the name of the function that summarizes days.
    pub daily_summary_function: String,
    /// `AWS_LAMBDA_FUNCTION_NAME`: its own name, which Lambda sets; it hands work over to itself.
    pub own_name: String,
    /// `MERGE_MODELS`, and how to reach them.
    pub models: ModelsConfig,
    /// `SUMMARY_MODELS`: who summarizes days, to know when they are cooling down.
    pub summary_models: Vec<ModelName>,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200).
    pub calendar: Calendar,
}

/// What `people` reads.
#[derive(Debug, Clone)]
pub struct PeopleConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
}

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

/// Looks variables up; one that is blank counts as missing.
struct Variables<L>(L);

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    fn optional(&self, variable: &'static str) -> Option<String> {
        (self.0)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn required(&self, variable: &'static str) -> Result<String, ConfigError> {
        self.optional(variable).ok_or_else(|| ConfigError { variable, problem: "is missing".to_owned() })
    }

    fn number(&self, variable: &'static str, default: u64, range: RangeInclusive<u64>) -> Result<u64, ConfigError> {
        let Some(value) = self.optional(variable) else { return Ok(default) };
        let number = value.parse().ok().filter(|number| range.contains(number));
        let problem = || format!("must be a whole number from {} to {}", range.start(), range.end());
        number.ok_or_else(|| ConfigError { variable, problem: problem() })
    }

    fn days(&self, variable: &'static str, default: u16, range: RangeInclusive<u16>) -> Result<u16, ConfigError> {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        Ok(self.number(variable, default.into(), range)? as u16)
    }

    fn history_days(&self) -> Result<u16, ConfigError> {
        self.days("HISTORY_DAYS", 6, 0..=30)
    }

    fn settle(&self) -> Result<Duration, ConfigError> {
        self.number("SETTLE_SECONDS", 1200, 0..=43_200).map(Duration::from_secs)
    }

    fn chain(&self, variable: &'static str) -> Result<Vec<ModelName>, ConfigError> {
        let chain = self.required(variable)?;
        let chain: Result<Vec<ModelName>, String> = chain.split(',').map(|name| name.trim().parse()).collect();
        chain.map_err(|problem| ConfigError { variable, problem })
    }

    fn url(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        let Some(url) = self.optional(variable) else { return Ok(None) };
        match reqwest::Url::parse(&url) {
            Ok(parsed) if parsed.has_host() && ["http", "https"].contains(&parsed.scheme()) => Ok(Some(url)),
            _ => Err(ConfigError { variable, problem: "must be an http or https URL".to_owned() }),
        }
    }

    fn models(&self, variable: &'static str) -> Result<ModelsConfig, ConfigError> {
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

impl IngestMessagesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(lookup);
        let least = variables.history_days()? + 2;
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            retention_days: variables.days("MESSAGE_RETENTION_DAYS", 30.max(least), least..=3650)?,
        })
    }
}

impl DailySummaryConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            models: variables.models("SUMMARY_MODELS")?,
            open_day_ttl: variables.number("CURRENT_DAY_TTL_SECONDS", 3600, 1..=86_400).map(Duration::from_secs)?,
            settle: variables.settle()?,
        })
    }
}

impl GetMemoriesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            daily_summary_function: variables.required("DAILY_SUMMARY_FUNCTION")?,
            own_name: variables.required("AWS_LAMBDA_FUNCTION_NAME")?,
            models: variables.models("MERGE_MODELS")?,
            summary_models: variables.chain("SUMMARY_MODELS")?,
            calendar: Calendar { history_days: variables.history_days()?, settle: variables.settle()? },
        })
    }
}

impl PeopleConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { memory_table: Variables(lookup).required("MEMORY_TABLE")? })
    }
}

/// Looks a variable up in the environment of the process.
pub fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(changes: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        let base = [
            ("MEMORY_TABLE", "memory"),
            ("MESSAGES_TABLE", "messages"),
            ("DAILY_SUMMARY_FUNCTION", "daily_summary"),
            ("AWS_LAMBDA_FUNCTION_NAME", "get_memories"),
            ("SUMMARY_MODELS", "gemini:a, gemini:b"),
            ("MERGE_MODELS", "gemini:c"),
            ("GEMINI_API_KEY_PARAMETER", "/key"),
        ];
        move |variable| {
            let found = changes.iter().chain(&base).find(|(name, _)| *name == variable);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn everything_else_has_a_default() {
        let config = DailySummaryConfig::read(with(&[])).unwrap();
        assert_eq!(config.models.chain.iter().map(ModelName::name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((config.open_day_ttl.as_secs(), config.settle.as_secs()), (3600, 1200));
        assert_eq!(GetMemoriesConfig::read(with(&[])).unwrap().calendar.history_days, 6);
        assert_eq!(IngestMessagesConfig::read(with(&[])).unwrap().retention_days, 30);
        assert_eq!(PeopleConfig::read(with(&[])).unwrap().memory_table, "memory");
    }

    #[test]
    fn a_wrong_value_is_refused_by_the_name_of_its_variable() {
        let wrong = [
            ("MEMORY_TABLE", " ", "is missing"),
            ("SUMMARY_MODELS", "gemini:a,", "such as gemini:"),
            ("SUMMARY_MODELS", "gpt:x", "such as gemini:"),
            ("GEMINI_API_KEY_PARAMETER", "", "is missing"),
            ("GEMINI_BASE_URL", "localhost:8000", "http or https URL"),
            ("MODEL_TIMEOUT_MS", "soon", "from 1 to 600000"),
            ("SETTLE_SECONDS", "-1", "from 0 to 43200"),
            ("CURRENT_DAY_TTL_SECONDS", "0", "from 1 to 86400"),
        ];
        for (variable, value, problem) in wrong {
            let error = DailySummaryConfig::read(with(&[(variable, value)])).unwrap_err();
            assert_eq!(error.variable, variable);
            assert!(error.to_string().contains(problem), "{error}");
        }
    }

    #[test]
    fn messages_are_kept_longer_than_the_window() {
        let error = IngestMessagesConfig::read(with(&[("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "14")]));
        assert_eq!(error.unwrap_err().variable, "MESSAGE_RETENTION_DAYS");
        let enough = [("HISTORY_DAYS", "13"), ("MESSAGE_RETENTION_DAYS", "15")];
        assert!(IngestMessagesConfig::read(with(&enough)).is_ok());
    }

    #[test]
    fn rule_21_a_key_is_never_shown() {
        let config = DailySummaryConfig::read(with(&[("GEMINI_API_KEY", "hush")])).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
        let KeySource::Value(key) = config.models.gemini_key else { panic!("the value comes first") };
        assert_eq!(key.expose(), "hush");
    }
}
