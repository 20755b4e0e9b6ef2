//! What people ask for in Discord, and what they are answered: values without a wire.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de};

use super::{GuildId, InteractionId, Permissions, SettingsChange, Teacher, UserId};

/// How long after it was asked an interaction can be answered.
const ANSWERABLE_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Characters of a token that are taken; Discord's have about 230.
const MAX_TOKEN_CHARS: usize = 1_000;

/// One use of a command, a button or a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Where it can be answered.
    pub handle: Handle,
    /// The language its user reads.
    pub language: Language,
    /// Where it was used, and by whom; `None` outside of guilds.
    pub place: Option<Place>,
    /// What is asked for.
    pub action: Action,
}

/// What it takes to answer an interaction later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// The interaction.
    pub interaction_id: InteractionId,
    /// Its key.
    pub token: InteractionToken,
}

impl Handle {
    /// When it cannot be answered any more.
    pub fn ends_at(&self) -> Timestamp {
        self.interaction_id.asked_at().saturating_add(ANSWERABLE_FOR).unwrap_or(Timestamp::MAX)
    }
}

/// What lets somebody answer an interaction: a secret of 15 minutes, fit for a path of an address.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct InteractionToken(String);

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of an interaction")]
pub struct InvalidToken;

impl FromStr for InteractionToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~=+".contains(&byte));
        let fits = (1..=MAX_TOKEN_CHARS).contains(&text.len()) && !text.starts_with('.');
        if plain && fits { Ok(Self(text.to_owned())) } else { Err(InvalidToken) }
    }
}

impl InteractionToken {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractionToken(…)")
    }
}

impl<'de> Deserialize<'de> for InteractionToken {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A guild, and who asks in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guild.
    pub guild: GuildId,
    /// Who asks.
    pub asker: UserId,
    /// What Discord says they may do in the channel they asked in.
    pub permissions: Permissions,
}

impl Place {
    /// Whether the asker is a moderator: has Manage Guild.
    pub fn is_moderator(&self) -> bool {
        self.permissions.permit(Permissions::MANAGE_GUILD)
    }

    /// The asker, as one who wants to teach.
    pub fn teacher(&self) -> Teacher {
        Teacher { user: Some(self.asker), moderator: self.is_moderator() }
    }
}

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

/// The first answer to an interaction.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A message, for the asker's eyes only.
    Message(Reply),
    /// In place of the message whose button was pressed.
    Update(Reply),
    /// The answer follows.
    Deferred {
        /// Whether only the asker will see it.
        private: bool,
    },
    /// What can be chosen.
    Choices(Vec<Choice>),
}

/// A message as it is to be read, of any length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Its text, in Discord's markup.
    pub text: String,
    /// What is said about the text, in smaller letters below it.
    pub footnote: String,
    /// The names of people who are mentioned, for where Discord does not show them.
    pub names: BTreeMap<UserId, String>,
    /// A fact that can be forgotten again.
    pub undo: Option<Undo>,
}

/// The button that takes a fact back.
#[derive(Clone, PartialEq, Eq)]
pub struct Undo {
    /// About whom.
    pub person: UserId,
    /// The fact's id.
    pub fact: String,
    /// What it says on the button.
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

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes)", self.text.len())
    }
}

/// Without the text (DESIGN rule 21).
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message(_) => "Message",
            Self::Update(_) => "Update",
            Self::Deferred { .. } => "Deferred",
            Self::Choices(_) => "Choices",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_into_a_path_and_is_never_shown() {
        let token: InteractionToken = "aW50ZXJhY3Rpb246OTk4_x-y.z==".parse().unwrap();
        assert_eq!(format!("{token:?}"), "InteractionToken(…)");
        for text in ["", "a/b", "a?b", "../x", "a b", "é", "%2e", &"a".repeat(1_001)] {
            assert_eq!(text.parse::<InteractionToken>(), Err(InvalidToken), "{text}");
        }
    }

    #[test]
    fn an_interaction_can_be_answered_for_15_minutes() {
        let handle = Handle { interaction_id: "175928847299117063".parse().unwrap(), token: "t".parse().unwrap() };
        assert_eq!(handle.ends_at().to_string(), "2016-04-30T11:33:25.796Z");
    }

    #[test]
    fn whoever_speaks_something_else_reads_english() {
        let languages = ["de", "de-AT", "en-US", "fr", ""].map(Language::of);
        use Language::{English, German};
        assert_eq!(languages, [German, German, English, English, English]);
    }
}
