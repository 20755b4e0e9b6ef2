//! The languages of people who ask.

use serde::{Deserialize, Serialize};

/// The languages this product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English, also for everybody whose language is not spoken here.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// By the locale of a Discord client, such as `de` or `en-GB`.
    pub fn of(locale: &str) -> Self {
        match locale.split('-').next() {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_speaks_something_else_reads_english() {
        let languages = ["de", "de-AT", "en-US", "fr", ""].map(Language::of);
        use Language::{English, German};
        assert_eq!(languages, [German, German, English, English, English]);
    }
}
