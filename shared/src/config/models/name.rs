//! What models are called.

use std::{fmt, str::FromStr};

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
    /// Amazon Bedrock's `Converse`.
    Bedrock,
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
        write!(f, "{}:{}", self.provider, self.name)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gemini => "gemini",
            Self::OpenAi => "openai",
            Self::Bedrock => "bedrock",
        })
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
            // An id with its version, `amazon.nova-lite-v1:0`, or a whole ARN.
            "bedrock" => (Provider::Bedrock, ".-_/:"),
            _ => return Err(()),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        let is_name = !name.is_empty() && name.chars().all(fits);
        is_name.then(|| Self { provider, name: name.to_owned() }).ok_or(())
    }
}
