//! `people`: what people teach about a person.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::request::Request;
use crate::domain::{ChannelId, Day, FactId, GuildId, MessageId, UserId};

/// What to do about one person.
#[derive(Clone, Serialize, Deserialize)]
pub struct PeopleRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// The person it is about.
    pub user_id: UserId,
    /// What to do.
    pub op: PeopleOp,
    /// The fact to remember, the alias, or the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The fact to forget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<String>,
    /// Who asks for a fact to be remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taught_by: Option<UserId>,
    /// Whether who asks has Discord's permission Manage Guild; nobody but the caller can know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moderator: bool,
    /// From which day on an export goes: the `next` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
}

impl PeopleRequest {
    /// Asks for what needs no words.
    pub fn new(guild_id: GuildId, user_id: UserId, op: PeopleOp) -> Self {
        Self { guild_id, user_id, op, text: None, fact_id: None, taught_by: None, moderator: false, from: None }
    }
}

/// What is done twice is done once.
impl Request for PeopleRequest {
    type Response = PeopleResponse;
}

/// The operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleOp {
    /// Adds a fact.
    Remember,
    /// Removes a fact, or an alias.
    Forget,
    /// Drops a name that the person was once seen under.
    ForgetName,
    /// Adds an alias.
    Alias,
    /// Lists facts, aliases and names.
    Facts,
    /// Ends all that is kept of the person until now.
    Erase,
    /// The same, and keeps nothing of the person from now on.
    OptOut,
    /// Lets what they write from now on be kept again.
    OptIn,
    /// All that is kept of the person.
    Export,
    /// Ends all that is kept of everybody in the guild who is asked and did not say yes; the person is who decided that.
    EndUnasked,
    /// They left the guild.
    Left,
    /// They are in the guild again.
    CameBack,
}

/// As in a request.
impl fmt::Display for PeopleOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Remember => "remember",
            Self::Forget => "forget",
            Self::ForgetName => "forget_name",
            Self::Alias => "alias",
            Self::Facts => "facts",
            Self::Erase => "erase",
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Export => "export",
            Self::EndUnasked => "end_unasked",
            Self::Left => "left",
            Self::CameBack => "came_back",
        })
    }
}

/// What was done. Read by its fields: what has more of them stands before what has some of the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PeopleResponse {
    /// What is kept of the person.
    Exported(Box<Export>),
    /// The fact is known, and was new or not.
    Remembered {
        /// Its id.
        fact_id: FactId,
        /// Whether it was new.
        added: bool,
    },
    /// The fact or the name is not known any more.
    Forgotten {
        /// Whether it was known.
        forgotten: bool,
    },
    /// The alias is known.
    Aliased {
        /// Whether it was new.
        added: bool,
    },
    /// What people taught, and what the person was called.
    Known {
        /// The facts, oldest first.
        facts: Vec<KnownFact>,
        /// The aliases.
        aliases: Vec<KnownAlias>,
        /// The names the person was seen under.
        names: Vec<String>,
    },
    /// Whether anything is kept of the person from now on.
    Consent {
        /// Nothing is.
        opted_out: bool,
        /// Whether that was otherwise before.
        changed: bool,
        /// What went with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        erased: Option<Erased>,
    },
    /// That somebody left or came back.
    Noted {
        /// Whether there was anything to note.
        noted: bool,
    },
    /// Nothing from before is kept of the person any more.
    Erased(Erased),
}

/// What an erase took away, in this call: one that was cut off took its share before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Messages of theirs.
    pub deleted: usize,
    /// Messages of others in which they were mentioned, and somebody without a name is now.
    pub redacted: usize,
    /// The days these were of, oldest first. What was made of them went, and is made again without them when it is asked for.
    pub days_changed: Vec<Day>,
    /// Days of which no message is kept: their text went, and what the day tells of others stays as it is.
    pub days_kept: Vec<Day>,
}

/// All that is kept of a person in a guild: the days oldest first, as many as fit into an answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Nothing is kept of them.
    pub opted_out: bool,
    /// When they were erased last, or opted out or in again.
    pub erased_at: Option<Timestamp>,
    /// The account's name.
    pub name: Option<String>,
    /// The nick in the guild.
    pub nick: Option<String>,
    /// The names they were seen under.
    pub names: Vec<String>,
    /// The facts, oldest first.
    pub facts: Vec<KnownFact>,
    /// The aliases.
    pub aliases: Vec<KnownAlias>,
    /// The last merged memory.
    pub memory: Option<ExportedMemory>,
    /// Their texts in the summaries of days.
    pub days: Vec<ExportedDay>,
    /// What they wrote, as far as it is still kept.
    pub messages: Vec<ExportedMessage>,
    /// The day from which on the rest is to be asked for, if there is more.
    pub next: Option<Day>,
}

impl Export {
    /// With the days of the part that follows, and all else as it is there.
    #[must_use]
    pub fn followed_by(self, part: Self) -> Self {
        let days = [self.days, part.days].concat();
        let messages = [self.messages, part.messages].concat();
        Self { days, messages, ..part }
    }
}

/// What somebody is given to take along in Discord: what is kept of them, where, and when that was (`docs/discord.md`).
#[derive(Serialize)]
pub struct ExportFile {
    /// The guild.
    pub guild_id: GuildId,
    /// The person.
    pub user_id: UserId,
    /// When it was asked for.
    pub exported_at: Timestamp,
    /// What is kept.
    #[serde(flatten)]
    pub export: Export,
}

/// A merged memory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedMemory {
    /// What the model wrote.
    pub text: String,
    /// When.
    pub built_at: Timestamp,
}

/// A text in the summary of a day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedDay {
    /// The day.
    pub date: Day,
    /// What the model wrote.
    pub text: String,
    /// When.
    pub built_at: Timestamp,
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedMessage {
    /// Its id.
    pub id: MessageId,
    /// Where it was written.
    pub channel_id: ChannelId,
    /// When.
    pub written_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The name its author had.
    pub name: String,
    /// The text.
    pub content: String,
    /// Who is mentioned in it, by the names they had.
    pub mentions: Vec<ExportedMention>,
    /// What was attached, as it was described.
    pub attachments: Vec<String>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// A person mentioned in a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedMention {
    /// The account.
    pub id: UserId,
    /// The name they had.
    pub name: String,
}

/// A fact as it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    /// Its id.
    pub id: FactId,
    /// The statement.
    pub text: String,
    /// Who asked for it to be remembered, if they said so.
    pub taught_by: Option<UserId>,
    /// When they asked.
    pub taught_at: Timestamp,
}

/// Another name as it is shown. Of one that was taught before that was noted, only the name is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAlias {
    /// The name.
    pub name: String,
    /// Who taught it, if they said so.
    pub taught_by: Option<UserId>,
    /// When they did.
    pub taught_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_read_as_it_is_written() {
        let (added, names) = (true, vec!["Ann".to_owned()]);
        let known = PeopleResponse::Known { facts: Vec::new(), aliases: Vec::new(), names: names.clone() };
        let erased = Erased { deleted: 1, redacted: 2, ..Erased::default() };
        let export = Export {
            opted_out: false,
            erased_at: None,
            name: None,
            nick: None,
            names,
            facts: Vec::new(),
            aliases: Vec::new(),
            memory: None,
            days: Vec::new(),
            messages: Vec::new(),
            next: None,
        };
        for answer in [
            PeopleResponse::Remembered { fact_id: FactId::new(Timestamp::UNIX_EPOCH, 1), added },
            PeopleResponse::Forgotten { forgotten: true },
            PeopleResponse::Aliased { added },
            known,
            PeopleResponse::Consent { opted_out: true, changed: false, erased: Some(erased.clone()) },
            PeopleResponse::Consent { opted_out: false, changed: true, erased: None },
            PeopleResponse::Erased(erased),
            PeopleResponse::Exported(Box::new(export)),
        ] {
            let json = serde_json::to_value(&answer).unwrap();
            assert!(serde_json::from_value::<PeopleResponse>(json.clone()).unwrap() == answer, "{json}");
        }
    }

    #[test]
    fn a_request_says_only_what_it_asks_for() {
        let request = PeopleRequest::new("1".parse().unwrap(), "10".parse().unwrap(), PeopleOp::OptOut);
        assert_eq!(serde_json::to_value(request).unwrap(), json!({"guild_id": "1", "user_id": "10", "op": "opt_out"}));
    }
}
