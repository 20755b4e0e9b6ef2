//! `daily_summary`: the summary of one guild-day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::request::Request;
use crate::domain::{Day, GuildId, UserId};

/// Which guild-day is to be summarized, and for whom.
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
    /// Nobody waits for it: what somebody asked for goes before it, where a model answers only so many calls at a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub background: bool,
    /// Make it anew if it ages, too (DESIGN rule 37).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refresh: bool,
    /// How many chunks more than it needs it may be cut into, so that it is there sooner (DESIGN rule 33). Left out: as many as
    /// cost no more than a share of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_chunks: Option<usize>,
}

impl DayRequest {
    /// For the texts of everybody, from the summary that is there if it may be served.
    pub fn new(guild_id: GuildId, date: Day) -> Self {
        Self { guild_id, date, user_ids: None, rebuild: false, background: false, refresh: false, extra_chunks: None }
    }
}

impl Request for DayRequest {
    type Response = DayReport;

    /// What is made anew is made anew each time.
    fn is_repeatable(&self) -> bool {
        !self.rebuild
    }
}

/// What became of a guild-day.
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
