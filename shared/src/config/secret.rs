//! Secrets, and where they come from.

use std::fmt;

use super::variables::Variables;

/// Where a key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// The environment itself.
    Value(ApiKey),
    /// The SSM SecureString of that name.
    Parameter(String),
}

impl KeySource {
    /// The key in the variable `value`, which comes before the parameter named in the variable `parameter`.
    pub(super) fn read(variables: &Variables<'_>, value: &'static str, parameter: &'static str) -> Option<Self> {
        let value = variables.optional(value).as_deref().and_then(ApiKey::new).map(Self::Value);
        let parameter = variables.optional(parameter).map(Self::Parameter);
        value.or(parameter)
    }
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
