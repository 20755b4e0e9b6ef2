//! What Discord is told at once.

use std::fmt;

use super::reply::ReplyContent;

/// The first answer to an interaction.
#[derive(Clone, PartialEq, Eq)]
pub enum InteractionResponse {
    /// A message, for the asker's eyes only.
    Message(ReplyContent),
    /// In place of the message whose button was pressed.
    Update(ReplyContent),
    /// The answer follows.
    Deferred {
        /// Whether only the asker will see it.
        private: bool,
    },
    /// What can be chosen.
    Choices(Vec<Choice>),
    /// Something to type before a guild is wiped, in a window of its own.
    WipeForm(Form),
}

/// A form with one line to type in.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    /// What stands above it; 45 characters at the most.
    pub title: String,
    /// What is said before the line.
    pub text: String,
    /// What is to be typed; 45 characters at the most.
    pub label: String,
}

/// Something that can be chosen.
#[derive(Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is shown.
    pub name: String,
    /// What is sent if it is chosen.
    pub value: String,
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for InteractionResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message(_) => "Message",
            Self::Update(_) => "Update",
            Self::Deferred { .. } => "Deferred",
            Self::Choices(_) => "Choices",
            Self::WipeForm(_) => "WipeForm",
        })
    }
}
