//! What is wrong with the environment.

/// A variable that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {variable}: {problem}")]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong with it, without its value.
    pub problem: String,
}

impl ConfigError {
    pub(super) fn missing(variable: &'static str) -> Self {
        Self { variable, problem: "is missing".to_owned() }
    }
}
