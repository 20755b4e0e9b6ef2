//! `respond`: an answer in Discord that takes long.

use serde::{Deserialize, Serialize};

use super::request::Request;
use crate::domain::{Day, GuildId, Handle, Language, UserId};

/// An interaction whose answer has to wait, with everything that is needed to give it. Whoever asks for it has checked that
/// the invoker may see the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredInteraction {
    /// Where the answer goes.
    #[serde(flatten)]
    pub handle: Handle,
    /// Its language.
    pub language: Language,
    /// The guild it is about.
    pub guild_id: GuildId,
    /// What is asked for.
    #[serde(flatten)]
    pub question: Question,
}

/// Nobody reads the answer.
impl Request for DeferredInteraction {
    type Response = ();
}

/// What takes long to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// What is remembered about a person.
    Show {
        /// About whom.
        user_id: UserId,
    },
    /// What happened on a day.
    CatchUp {
        /// The day.
        date: Day,
        /// Who is told of; everybody if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
    },
}

impl Question {
    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "show",
            Self::CatchUp { .. } => "catchup",
        }
    }

    /// Whether only the asker sees the answer: what it says about a single person is nobody else's.
    pub fn is_private(&self) -> bool {
        !matches!(self, Self::CatchUp { user_id: None, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::InteractionId;

    #[test]
    fn a_deferred_interaction_is_read_as_it_is_written() {
        let deferred = DeferredInteraction {
            handle: Handle { interaction_id: InteractionId::try_from(2).unwrap(), token: "t".parse().unwrap() },
            language: Language::German,
            guild_id: GuildId::try_from(3).unwrap(),
            question: Question::CatchUp { date: "2026-11-22".parse().unwrap(), user_id: None },
        };
        let json = serde_json::to_value(&deferred).unwrap();
        assert_eq!(json["question"], "catch_up");
        assert_eq!(serde_json::from_value::<DeferredInteraction>(json).unwrap(), deferred);
    }
}
