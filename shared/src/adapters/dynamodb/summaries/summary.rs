//! A summary as an item, without the texts if they are in parts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    adapters::dynamodb::time::EpochSeconds,
    domain::{DaySummary, SummaryStatus, Usage, UserId},
    ports::TextsOf,
};

/// A summary, without the texts if they are in parts.
#[derive(Serialize, Deserialize)]
pub(super) struct SummaryItem {
    #[serde(default)]
    pub(super) texts: BTreeMap<UserId, String>,
    status: Status,
    version: u64,
    built_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<EpochSeconds>,
    model: String,
    prompt_hash: String,
    #[serde(default)]
    usage: Usage,
    blocked_messages: u64,
    #[serde(flatten, deserialize_with = "all_of_it", skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Parts>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Built,
    Blocked,
}

/// Where the texts of a large summary are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) generation: String,
    #[serde(rename = "parts")]
    pub(super) count: u32,
    /// The first person of each part, so that who asks for few reads few; not there in older items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) first_users: Vec<UserId>,
}

/// Where the texts are, or that they are in the summary itself. `flatten` alone takes what cannot be read for that.
fn all_of_it<'de, D: Deserializer<'de>>(item: D) -> Result<Option<Parts>, D::Error> {
    #[derive(Deserialize)]
    struct Attributes {
        generation: Option<String>,
        parts: Option<u32>,
        #[serde(default)]
        first_users: Vec<UserId>,
    }
    match Attributes::deserialize(item)? {
        Attributes { generation: None, parts: None, .. } => Ok(None),
        Attributes { generation: Some(generation), parts: Some(count), first_users } => {
            Ok(Some(Parts { generation, count, first_users }))
        }
        _ => Err(D::Error::custom("half of where the texts are")),
    }
}

impl SummaryItem {
    pub(super) fn new(summary: &DaySummary, texts: BTreeMap<UserId, String>, parts: Option<Parts>) -> Self {
        Self {
            texts,
            status: summary.status.into(),
            version: summary.version,
            built_at: summary.built_at,
            expires_at: summary.expires_at.map(EpochSeconds::from),
            model: summary.model.clone(),
            prompt_hash: summary.prompt_hash.clone(),
            usage: summary.usage,
            blocked_messages: summary.blocked_messages,
            parts,
        }
    }

    /// The summary, with no texts but those.
    pub(super) fn into_summary(mut self, of: TextsOf<'_>) -> DaySummary {
        if let TextsOf::People(users) = of {
            self.texts.retain(|user, _| users.contains(user));
        }
        DaySummary {
            texts: self.texts,
            status: self.status.into(),
            version: self.version,
            built_at: self.built_at,
            expires_at: self.expires_at.map(Timestamp::from),
            model: self.model,
            prompt_hash: self.prompt_hash,
            usage: self.usage,
            blocked_messages: self.blocked_messages,
        }
    }
}

impl From<SummaryStatus> for Status {
    fn from(status: SummaryStatus) -> Self {
        match status {
            SummaryStatus::Built => Self::Built,
            SummaryStatus::Blocked => Self::Blocked,
        }
    }
}

impl From<Status> for SummaryStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Built => Self::Built,
            Status::Blocked => Self::Blocked,
        }
    }
}
