//! What people read.

use std::{collections::BTreeMap, fmt};

use super::action::Component;
use crate::domain::UserId;

/// A message as it is to be read, of any length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ReplyContent {
    /// Its text, in Discord's markup.
    pub text: String,
    /// What is said about the text, in smaller letters below it.
    pub footnote: String,
    /// The names of people who are mentioned, for where Discord does not show them.
    pub names: BTreeMap<UserId, String>,
    /// What can be pressed below it, in one row.
    pub buttons: Vec<Button>,
    /// What comes with it; only where an answer was put off.
    pub files: Vec<ReplyFile>,
}

/// Something that can be pressed.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says on the button.
    pub label: String,
    /// What it asks for.
    pub asks: Component,
    /// Whether what it asks for cannot be taken back.
    pub is_final: bool,
}

/// A text file.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyFile {
    /// Its name.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl ReplyContent {
    /// The same, with more said below it in smaller letters.
    #[must_use]
    pub fn noting(self, note: &str) -> Self {
        let lines = [self.footnote.as_str(), note].into_iter().filter(|line| !line.is_empty());
        Self { footnote: lines.collect::<Vec<_>>().join("\n"), ..self }
    }
}

impl From<String> for ReplyContent {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for ReplyContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyContent({} bytes)", self.text.len())
    }
}
