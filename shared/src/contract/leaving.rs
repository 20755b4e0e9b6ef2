//! `people`: what is not about one person alone.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PeopleResponse;
use crate::domain::GuildId;

/// Which request of `people` an event is, by its `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleCall {
    /// It is about one person.
    AboutOne,
    /// It is about a guild as a whole.
    AboutGuild,
    /// It ends what is kept of everybody who left long enough ago.
    EraseDue,
}

/// What to do about a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct GuildRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// What to do.
    pub op: GuildOp,
}

/// The operations on a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuildOp {
    /// It removed the app.
    GuildLeft,
    /// It has the app.
    GuildCameBack,
    /// Ends all that is kept of it.
    Wipe,
}

/// As in a request.
impl fmt::Display for GuildOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GuildLeft => "guild_left",
            Self::GuildCameBack => "guild_came_back",
            Self::Wipe => "wipe",
        })
    }
}

impl PeopleCall {
    /// What is not known is taken for one about a person: then it is said what is wrong with it.
    pub fn of(event: &Value) -> Self {
        match event["op"].as_str() {
            Some("erase_due") => Self::EraseDue,
            Some("guild_left" | "guild_came_back" | "wipe") => Self::AboutGuild,
            _ => Self::AboutOne,
        }
    }
}

/// What `people` answers.
#[derive(Serialize)]
#[serde(untagged)]
pub enum PeopleAnswer {
    /// About one person.
    OfOne(PeopleResponse),
    /// That a guild removed the app, or has it.
    Noted {
        /// Whether there was anything to note.
        noted: bool,
    },
    /// Of a guild.
    Wiped(Wiped),
    /// Of who left.
    Ended(EndedReport),
}

/// What a run ended of what was kept of who left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EndedReport {
    /// Members that were erased.
    pub members: usize,
    /// Guilds that were wiped.
    pub guilds: usize,
    /// Nobody is left whose time is over.
    pub complete: bool,
}

/// What went of a guild, in this call: one that was cut off took its share before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Wiped {
    /// People of whom something was kept.
    pub people: usize,
    /// Days of which something was kept.
    pub days: usize,
    /// Messages, and marks of messages that were deleted before.
    pub messages: usize,
    /// Nothing is left. If not, sent again it goes on; so does the next run.
    pub complete: bool,
}
