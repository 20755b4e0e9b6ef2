//! One thing, in the language of whoever reads it.

use crate::domain::Language;

impl Language {
    pub(super) fn either(self, english: impl Into<String>, german: impl Into<String>) -> String {
        match self {
            Self::English => english.into(),
            Self::German => german.into(),
        }
    }
}
