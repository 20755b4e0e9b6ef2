//! `get_memories`: what a bot should know about each person.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{error::ErrorType, request::Request};
use crate::domain::{Day, GuildId, Source, UserId};

/// Whose memories are wanted, and by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoriesRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// The people; asking twice for one is asking once.
    pub user_ids: Vec<UserId>,
    /// Milliseconds the caller waits at the most; as long as the Lambda may, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_wait_ms: Option<u64>,
    /// Also answer with a block for the prompt of the bot's own model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prompt: bool,
    /// Whether a model may be asked.
    #[serde(default, skip_serializing_if = "Models::is_default")]
    pub models: Models,
    /// Nobody waits for the answer: what is not ready in time is not handed over again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub warm: bool,
    /// With `warm`: days that age are made anew (DESIGN rule 37).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refresh: bool,
}

impl MemoriesRequest {
    /// For a caller who waits as long as it takes.
    pub fn new(guild_id: GuildId, user_ids: Vec<UserId>) -> Self {
        let models = Models::Configured;
        Self { guild_id, user_ids, max_wait_ms: None, prompt: false, models, warm: false, refresh: false }
    }

    /// For nobody: so that it is there when somebody asks.
    pub fn warm(guild_id: GuildId, user_ids: Vec<UserId>) -> Self {
        Self { warm: true, ..Self::new(guild_id, user_ids) }
    }

    /// How long the caller waits.
    pub fn max_wait(&self) -> Option<Duration> {
        self.max_wait_ms.map(Duration::from_millis)
    }
}

/// Whether models are asked for an answer (DESIGN rule 39).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Models {
    /// Those that are configured.
    #[default]
    Configured,
    /// None: facts and day texts are answered as they are, and nobody waits for anything.
    None,
}

impl Models {
    fn is_default(&self) -> bool {
        *self == Self::Configured
    }

    /// `None` if either says so.
    pub fn and(self, other: Self) -> Self {
        if self == Self::None { Self::None } else { other }
    }
}

impl Request for MemoriesRequest {
    type Response = MemoriesResponse;
}

/// The memories.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoriesResponse {
    /// The guild.
    pub guild_id: GuildId,
    /// Today (UTC).
    pub date: Day,
    /// Everybody who was asked for; `null` for who is unknown.
    pub memories: BTreeMap<UserId, Option<String>>,
    /// Where each memory comes from.
    pub sources: BTreeMap<UserId, Source>,
    /// What became of each day of the window.
    pub days: BTreeMap<Day, DayState>,
    /// What failed.
    pub errors: Vec<Failure>,
    /// The block for a prompt, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// What became of a day of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// This request paid for it.
    Built,
    /// It was there, or somebody else built or renewed it.
    Cached,
    /// Nothing happened that day.
    Empty,
    /// Nothing of it survived the model's filter.
    Blocked,
    /// An older version is used, because the new one failed or is not ready.
    Stale,
    /// It is not to be had, and might be next time.
    Failed,
    /// Somebody else is building it.
    Pending,
}

/// Something that failed, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The day, or the person, it concerns.
    #[serde(flatten)]
    pub subject: Subject,
    /// What kind of error it was.
    pub error: ErrorType,
    /// Seconds until it makes sense to try again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

/// What a failure concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A day of the window.
    Date(Day),
    /// One of the people.
    UserId(UserId),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_has_nothing_on_the_wire_that_was_not_said() {
        let wire = json!({"guild_id": "1", "user_ids": ["10"]});
        let request: MemoriesRequest = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), wire);
        let warm = MemoriesRequest { warm: true, ..request };
        assert_eq!(serde_json::to_value(&warm).unwrap(), json!({"guild_id": "1", "user_ids": ["10"], "warm": true}));
    }

    #[test]
    fn a_response_is_read_as_it_is_written() {
        let wire = json!({
            "guild_id": "1", "date": "2026-11-22",
            "memories": {"10": "sails", "11": null}, "sources": {"10": "merged", "11": "none"},
            "days": {"2026-11-22": "built", "2026-11-21": "failed"},
            "errors": [{"date": "2026-11-21", "error": "RateLimited", "retry_after_s": 20}, {"user_id": "11", "error": "Internal"}],
        });
        let response: MemoriesResponse = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(response.errors[1].subject, Subject::UserId("11".parse().unwrap()));
        assert_eq!(serde_json::to_value(&response).unwrap(), wire);
    }
}
