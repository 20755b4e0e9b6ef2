//! `people`: what people teach about a person.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{ChannelId, Day, FactId, GuildId, MessageId, UserId};

/// What to do about one person.
#[derive(Deserialize)]
pub struct PeopleRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// The person it is about.
    pub user_id: UserId,
    /// What to do.
    pub op: PeopleOp,
    /// The fact to remember, the alias, or the name.
    #[serde(default)]
    pub text: Option<String>,
    /// The fact to forget.
    #[serde(default)]
    pub fact_id: Option<String>,
    /// Who asks for a fact to be remembered.
    #[serde(default)]
    pub taught_by: Option<UserId>,
    /// Whether who asks has Discord's permission Manage Guild; nobody but the caller can know.
    #[serde(default)]
    pub moderator: bool,
    /// From which day on an export goes: the `next` of the answer before.
    #[serde(default)]
    pub from: Option<Day>,
}

/// The operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
            Self::Left => "left",
            Self::CameBack => "came_back",
        })
    }
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PeopleResponse {
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
        #[serde(skip_serializing_if = "Option::is_none")]
        erased: Option<Erased>,
    },
    /// That somebody left or came back.
    Noted {
        /// Whether there was anything to note.
        noted: bool,
    },
    /// Nothing from before is kept of the person any more.
    Erased(Erased),
    /// What is kept of the person.
    Exported(Box<Export>),
}

/// What an erase took away, in this call: one that was cut off took its share before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, PartialEq, Eq, Serialize)]
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

/// A merged memory.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ExportedMemory {
    /// What the model wrote.
    pub text: String,
    /// When.
    pub built_at: Timestamp,
}

/// A text in the summary of a day.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ExportedDay {
    /// The day.
    pub date: Day,
    /// What the model wrote.
    pub text: String,
    /// When.
    pub built_at: Timestamp,
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ExportedMention {
    /// The account.
    pub id: UserId,
    /// The name they had.
    pub name: String,
}

/// A fact as it is shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct KnownAlias {
    /// The name.
    pub name: String,
    /// Who taught it, if they said so.
    pub taught_by: Option<UserId>,
    /// When they did.
    pub taught_at: Option<Timestamp>,
}
