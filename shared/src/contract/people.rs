//! `people`: what people teach about a person.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{FactId, GuildId, UserId};

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
