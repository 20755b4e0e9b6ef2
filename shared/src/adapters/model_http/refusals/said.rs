//! What a refusal says: its codes and its words, wherever a server puts them.

use serde_json::Value;

/// Fields that hold a code: a word or a number of theirs.
const CODES: [&str; 12] = [
    "code",
    "type",
    "status",
    "reason",
    "limit_source",
    "quotaId",
    "error_type",
    "http_code",
    "err_code",
    "status_code",
    "finish_reason",
    "param",
];
/// Fields that hold words.
const WORDS: [&str; 9] =
    ["message", "error", "detail", "details", "description", "msg", "status_msg", "failed_generation", "raw"];
/// A field whose presence says that a moderation stands behind it (OpenRouter).
const MODERATION: &str = "reasons";
/// Characters of words that are looked at.
const MAX_WORDS: usize = 8_000;
const MAX_DEPTH: usize = 8;

/// What a refusal says, in lower case. It is compared and never repeated (DESIGN rule 21).
#[derive(Default)]
pub(in crate::adapters) struct Said {
    /// Codes of any kind.
    codes: Vec<String>,
    /// All words, a line each.
    words: String,
    /// The body, as far as it is JSON.
    pub(super) body: Value,
}

impl Said {
    /// Reads a body: JSON with its error anywhere, or text.
    pub(in crate::adapters) fn in_body(body: &[u8]) -> Self {
        let mut said = Self::default();
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => {
                said.collect("", &json, 0);
                said.body = json;
            }
            Err(_) => said.add_words(&String::from_utf8_lossy(body)),
        }
        said
    }

    /// With a code that is not in the body.
    pub(in crate::adapters) fn with_code(mut self, code: Option<&str>) -> Self {
        self.codes.extend(code.map(str::to_lowercase));
        self
    }

    /// Whether one of the codes is that.
    pub(super) fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known == code)
    }

    /// Whether the words contain that.
    pub(super) fn says(&self, words: &str) -> bool {
        self.words.contains(words)
    }

    /// Whether the words contain one of these.
    pub(in crate::adapters) fn says_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.says(words))
    }

    /// What stands after the first of those words.
    pub(super) fn after(&self, words: &str) -> Option<&str> {
        self.words.split_once(words).map(|(_, rest)| rest)
    }

    /// The HTTP status that it names.
    pub(in crate::adapters) fn status(&self) -> Option<u16> {
        self.codes.iter().filter_map(|code| code.parse().ok()).find(|status| (400..600).contains(status))
    }

    fn collect(&mut self, name: &str, value: &Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if name == MODERATION && value.is_array() {
                        self.codes.push("moderation".to_owned());
                    }
                    self.collect(name, value, depth + 1);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(name, item, depth + 1)),
            Value::String(text) if CODES.contains(&name) => {
                self.codes.push(text.to_lowercase());
                self.add_words(text);
            }
            Value::Number(number) if CODES.contains(&name) => self.codes.push(number.to_string()),
            Value::String(text) if WORDS.contains(&name) => {
                // Routers pass on what the server behind them said, as text.
                match serde_json::from_str::<Value>(text) {
                    Ok(inner @ Value::Object(_)) => self.collect(name, &inner, depth + 1),
                    _ => self.add_words(text),
                }
            }
            _ => {}
        }
    }

    fn add_words(&mut self, words: &str) {
        let room = MAX_WORDS.saturating_sub(self.words.len());
        self.words.extend(words.chars().take(room).flat_map(char::to_lowercase));
        self.words.push('\n');
    }
}
