//! Other functions of this product.

use std::{collections::BTreeMap, future::Future};

use serde::{Deserialize, Serialize};

use crate::domain::{Day, GuildId, Source, UserId};

/// Which guild-day is to be summarized, and for whom; the request of `daily_summary` (DESIGN section 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// The day.
    pub date: Day,
    /// Whose texts to answer with; everybody's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ids: Option<Vec<UserId>>,
    /// Make it anew, whatever is there.
    #[serde(default)]
    pub rebuild: bool,
}

/// What became of a guild-day; the answer of `daily_summary`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    /// The guild.
    pub guild_id: GuildId,
    /// The day.
    pub date: Day,
    /// What was done.
    pub status: DayStatus,
    /// The texts, by person.
    pub summaries: BTreeMap<UserId, String>,
    /// The end of the summary's life in epoch seconds, while the day is open.
    pub expires_at: Option<i64>,
    /// Messages the model refused to read.
    pub blocked_messages: u64,
}

/// What was done about a guild-day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayStatus {
    /// A model was called.
    Built,
    /// It was there.
    Cached,
    /// It was there, and its life was prolonged.
    Renewed,
    /// There is nothing to summarize.
    Empty,
    /// Nothing of it survived the model's filter.
    Blocked,
    /// Somebody else is building it; there are no texts yet.
    Pending,
}

/// Whose memories are wanted, and by when; the request of `get_memories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemoriesRequest {
    /// The guild.
    pub guild_id: GuildId,
    /// The people.
    pub user_ids: Vec<UserId>,
    /// Milliseconds to wait at the most.
    pub max_wait_ms: u64,
}

/// The memories; what is needed of the answer of `get_memories`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct MemoriesReport {
    /// Everybody who was asked for; `None` for who is unknown.
    pub memories: BTreeMap<UserId, Option<String>>,
    /// Where each memory comes from.
    pub sources: BTreeMap<UserId, Source>,
    /// What became of each day of the window.
    pub days: BTreeMap<Day, DayState>,
}

/// What became of a day of the window; as in an answer of `get_memories`.
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

/// Why an invocation brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The function answered with an error.
    #[error("{error_type}: {message}")]
    Failed {
        /// Its `errorType`.
        error_type: String,
        /// Its `errorMessage`.
        message: String,
    },
    /// Too many invocations at once.
    #[error("invocations are throttled")]
    Throttled,
    /// It could not be invoked, or did not answer in time.
    #[error("the function cannot be invoked: {reason}")]
    Unavailable {
        /// What happened, without payloads.
        reason: String,
    },
}

/// Has a guild-day summarized, elsewhere.
pub trait SummarizeDay: Send + Sync {
    /// One invocation of `daily_summary`.
    fn summarize_day(&self, request: DayRequest) -> impl Future<Output = Result<DayReport, InvokeError>> + Send;
}

/// Has memories built by somebody else, for the next request.
pub trait WarmMemories: Send + Sync {
    /// One asynchronous invocation of `get_memories`, which hands over nothing itself.
    fn warm_memories(&self, guild: GuildId, users: &[UserId]) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Has guild-days summarized for good, before anybody asks.
pub trait CloseDays: Send + Sync {
    /// One asynchronous invocation of `daily_summary`.
    fn close_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Asks for memories, elsewhere.
pub trait AskMemories: Send + Sync {
    /// One invocation of `get_memories`.
    fn memories(&self, request: &MemoriesRequest) -> impl Future<Output = Result<MemoriesReport, InvokeError>> + Send;
}
