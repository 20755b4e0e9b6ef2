//! What people read.

use std::{collections::BTreeMap, fmt};

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
    /// A fact that can be forgotten again.
    pub undo: Option<UndoButton>,
}

/// The button that takes a fact back.
#[derive(Clone, PartialEq, Eq)]
pub struct UndoButton {
    /// About whom.
    pub person: UserId,
    /// The fact's id.
    pub fact: String,
    /// What it says on the button.
    pub label: String,
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
