//! What is asked for.

use std::fmt;

use crate::domain::{SettingsChange, UserId};

/// What is asked for. A person who is not named is the asker.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// What is remembered about a person.
    Show {
        /// About whom.
        person: Option<UserId>,
    },
    /// A fact to remember.
    Remember {
        /// About whom.
        person: Option<UserId>,
        /// The fact.
        text: String,
    },
    /// A message to remember as a fact about its author.
    RememberMessage {
        /// Who wrote it; `None` for a bot or a webhook, about which nothing is remembered.
        author: Option<UserId>,
        /// What it says.
        text: String,
    },
    /// Another name of a person.
    Alias {
        /// Whose.
        person: Option<UserId>,
        /// The name.
        name: String,
    },
    /// A fact to forget.
    Forget {
        /// About whom.
        person: Option<UserId>,
        /// Its id, as the choices gave it, or its words.
        fact: String,
    },
    /// A fact that was just taught, to forget again: a button.
    Undo {
        /// About whom.
        person: UserId,
        /// Its id.
        fact: String,
    },
    /// What holds in the guild, after a change.
    Settings(SettingsChange),
    /// What happened.
    CatchUp {
        /// On which day, as it was typed or chosen; today if left out.
        day: Option<String>,
        /// Who is to be told of; everybody if left out.
        person: Option<UserId>,
    },
    /// Facts to choose from, while somebody types.
    ChooseFact {
        /// About whom.
        person: Option<UserId>,
        /// What was typed so far.
        typed: String,
    },
    /// Days to choose from, while somebody types.
    ChooseDay {
        /// What was typed so far.
        typed: String,
    },
    /// Choices for something that nobody here knows.
    ChooseUnknown,
    /// A command of another version of this application.
    Unknown,
}

impl Action {
    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "show",
            Self::Remember { .. } => "remember",
            Self::RememberMessage { .. } => "remember_message",
            Self::Alias { .. } => "alias",
            Self::Forget { .. } => "forget",
            Self::Undo { .. } => "undo",
            Self::Settings(_) => "settings",
            Self::CatchUp { .. } => "catchup",
            Self::ChooseFact { .. } | Self::ChooseDay { .. } | Self::ChooseUnknown => "choose",
            Self::Unknown => "unknown",
        }
    }

    /// Whether somebody is typing and wants choices.
    pub fn is_choice(&self) -> bool {
        matches!(self, Self::ChooseFact { .. } | Self::ChooseDay { .. } | Self::ChooseUnknown)
    }
}

/// Without what people wrote (DESIGN rule 21).
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
