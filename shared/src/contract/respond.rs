//! `respond`: an answer in Discord that takes long.

use serde::{Deserialize, Serialize};

use super::request::Request;
use crate::domain::{Audience, Day, GuildId, Handle, Language, RoleId, UserId};

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
    /// The role of the guild's audience when it was checked whether the asker is of it; `None`: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience_role: Option<RoleId>,
    /// The asker is not of the audience, and asks about themselves: what was taught about them is shown, and nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub facts_only: bool,
    /// The asker is to be told, once, that the guild asks whether anything may be kept of them (DESIGN rule 42).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notice: bool,
    /// What is asked for.
    #[serde(flatten)]
    pub question: Question,
}

impl DeferredInteraction {
    /// Whom the guild's memory was told to when the asker was looked at.
    pub fn audience(&self) -> Audience {
        self.audience_role.into()
    }

    /// Whether only the asker sees the answer: what it says about a single person is nobody else's, and a channel may have
    /// readers who are not of the audience.
    pub fn is_private(&self) -> bool {
        self.audience_role.is_some() || !matches!(self.question, Question::CatchUp { user_id: None, .. })
    }
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
    /// What somebody decides about what is kept of a person: it is done, and told.
    Decide {
        /// What is to be done.
        decision: Decision,
        /// Of whom.
        user_id: UserId,
        /// Of an export: the first day of it; all if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Day>,
    },
}

/// What can be decided about what is kept of a person (DESIGN rules 20 and 41).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It ends, and nothing is kept from now on.
    OptOut,
    /// What they write from now on may be kept.
    OptIn,
    /// It ends.
    Erase,
    /// It is handed out.
    Export,
    /// That of everybody ends who is asked and did not say yes; the person is who decided that.
    EndUnasked,
}

impl Question {
    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "show",
            Self::CatchUp { .. } => "catchup",
            Self::Decide { decision: Decision::OptOut, .. } => "opt_out",
            Self::Decide { decision: Decision::OptIn, .. } => "opt_in",
            Self::Decide { decision: Decision::Erase, .. } => "erase",
            Self::Decide { decision: Decision::Export, .. } => "export",
            Self::Decide { decision: Decision::EndUnasked, .. } => "end_unasked",
        }
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
            audience_role: "5".parse().ok(),
            facts_only: true,
            notice: true,
            question: Question::CatchUp { date: "2026-11-22".parse().unwrap(), user_id: None },
        };
        let json = serde_json::to_value(&deferred).unwrap();
        assert_eq!(json["question"], "catch_up");
        assert_eq!(serde_json::from_value::<DeferredInteraction>(json).unwrap(), deferred);
    }

    #[test]
    fn what_somebody_decides_is_read_as_it_is_written_and_is_theirs_alone() {
        let json = serde_json::json!({
            "interaction_id": "2", "token": "t", "language": "english", "guild_id": "3",
            "question": "decide", "decision": "export", "user_id": "10", "from": "2026-11-20"});
        let deferred: DeferredInteraction = serde_json::from_value(json.clone()).unwrap();
        let (decision, user_id) = (Decision::Export, "10".parse().unwrap());
        assert_eq!(deferred.question, Question::Decide { decision, user_id, from: "2026-11-20".parse().ok() });
        assert!(deferred.is_private());
        assert_eq!(serde_json::to_value(&deferred).unwrap(), json);
    }

    #[test]
    fn rule_26_what_is_told_to_a_role_is_for_the_asker_alone() {
        let mut deferred: DeferredInteraction = serde_json::from_value(serde_json::json!({
            "interaction_id": "2", "token": "t", "language": "english", "guild_id": "3",
            "question": "catch_up", "date": "2026-11-22"}))
        .unwrap();
        assert!(!deferred.is_private() && !deferred.facts_only, "as it was written before there were audiences");
        deferred.audience_role = "5".parse().ok();
        assert!(deferred.is_private());
    }
}
