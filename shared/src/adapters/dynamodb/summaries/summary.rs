//! A summary as an item.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapters::dynamodb::attributes::at_second;
use crate::domain::{DaySummary, SummaryStatus, Usage, UserId};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Built,
    Blocked,
}

/// A summary, without the texts if they are in parts.
#[derive(Serialize, Deserialize)]
pub(crate) struct SummaryItem {
    pub(crate) texts: BTreeMap<UserId, String>,
    status: Status,
    pub(crate) version: u64,
    built_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    model: String,
    prompt_hash: String,
    #[serde(default)]
    usage: Usage,
    blocked_messages: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) parts: Option<Parts>,
}

/// Where the texts of a large summary are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parts {
    pub(crate) generation: String,
    #[serde(rename = "parts")]
    pub(crate) count: u32,
}

impl SummaryItem {
    pub(crate) fn new(summary: &DaySummary, texts: BTreeMap<UserId, String>, parts: Option<Parts>) -> Self {
        Self {
            texts,
            status: match summary.status {
                SummaryStatus::Built => Status::Built,
                SummaryStatus::Blocked => Status::Blocked,
            },
            version: summary.version,
            built_at: summary.built_at,
            expires_at: summary.expires_at.map(Timestamp::as_second),
            model: summary.model.clone(),
            prompt_hash: summary.prompt_hash.clone(),
            usage: summary.usage,
            blocked_messages: summary.blocked_messages,
            parts,
        }
    }

    pub(crate) fn into_summary(self) -> DaySummary {
        DaySummary {
            texts: self.texts,
            status: match self.status {
                Status::Built => SummaryStatus::Built,
                Status::Blocked => SummaryStatus::Blocked,
            },
            version: self.version,
            built_at: self.built_at,
            expires_at: self.expires_at.map(at_second),
            model: self.model,
            prompt_hash: self.prompt_hash,
            usage: self.usage,
            blocked_messages: self.blocked_messages,
        }
    }
}
