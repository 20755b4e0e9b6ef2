//! A line of an invocation, as `docs/metrics.md` describes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What an invocation took.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    /// When it ended.
    pub timestamp: Timestamp,
    /// The function's name, as AWS knows it.
    pub function: String,
    /// The guilds it was about.
    #[serde(default)]
    pub guilds: Vec<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// How long the process had run before, in milliseconds, if it was its first.
    #[serde(default)]
    pub init_ms: f64,
    /// The function's memory, in MB.
    pub memory_mb: f64,
    /// Calls and tokens, by the model as configured.
    #[serde(default)]
    pub models: BTreeMap<String, BTreeMap<String, f64>>,
    /// Everything else.
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

impl Line {
    /// The line, if it is one of these. What other programs write before the JSON, such as a time, is passed over.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let json = text.get(text.find('{')?..)?;
        if !json.contains("\"invocation_metered\"") {
            return None;
        }
        let line: Self = serde_json::from_str(json.trim_end()).ok()?;
        (line.rest.get("event")?.as_str()? == "invocation_metered").then_some(line)
    }

    /// All that was counted.
    pub fn counts(&self) -> impl Iterator<Item = (&str, f64)> {
        self.rest.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?)))
    }
}
