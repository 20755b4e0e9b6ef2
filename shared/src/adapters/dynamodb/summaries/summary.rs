//! A summary as an item, without the texts if they are in parts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    adapters::dynamodb::time::EpochSeconds,
    domain::{DaySummary, SummaryStatus, Usage, UserId},
    ports::TextsOf,
};

/// What a person's key takes beside the text.
pub(super) const KEY_BYTES: usize = 24;

/// A summary, without the texts if they are in parts.
#[derive(Serialize, Deserialize)]
pub(crate) struct SummaryItem {
    #[serde(default)]
    pub(super) texts: BTreeMap<UserId, String>,
    status: Status,
    version: u64,
    built_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<EpochSeconds>,
    /// Whether it was made of a day that had closed, where its end does not say so: without one it is (DESIGN rule 46).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_final: bool,
    model: String,
    prompt_hash: String,
    #[serde(default)]
    usage: Usage,
    blocked_messages: u64,
    /// Whose lease it was committed under; not there in older items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
    #[serde(flatten, deserialize_with = "all_of_it", skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Parts>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
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
    pub(super) fn new(
        summary: &DaySummary,
        texts: BTreeMap<UserId, String>,
        parts: Option<Parts>,
        (attempt, end): (&str, Option<Timestamp>),
    ) -> Self {
        Self {
            texts,
            status: summary.status.into(),
            version: summary.version,
            built_at: summary.built_at,
            expires_at: summary.expires_at.or(end).map(EpochSeconds::from),
            is_final: summary.is_final() && end.is_some(),
            model: summary.model.clone(),
            prompt_hash: summary.prompt_hash.clone(),
            usage: summary.usage,
            blocked_messages: summary.blocked_messages,
            attempt: Some(attempt.to_owned()),
            parts,
        }
    }

    /// Whether it stays as it is for as long as the ledger says that it is what was committed.
    pub(super) fn is_for_keeps(&self) -> bool {
        self.is_final() && self.parts.is_none() && self.attempt.is_some()
    }

    /// A final one has no end, or says that it is final.
    fn is_final(&self) -> bool {
        self.is_final || self.expires_at.is_none()
    }

    /// Whether it is what was committed last, and nothing was deleted since.
    pub(crate) fn is_current(&self, committed: &str, purged_version: u64) -> bool {
        self.attempt.as_deref() == Some(committed) && self.version >= purged_version
    }

    /// Bytes of its texts, and what is needed beside them.
    pub(super) fn text_bytes(&self) -> usize {
        self.texts.values().map(|text| text.len() + KEY_BYTES).sum()
    }

    /// The summary, with no texts but those.
    pub(crate) fn summary_of(&self, of: TextsOf<'_>) -> DaySummary {
        let texts = match of {
            TextsOf::Everybody => self.texts.clone(),
            TextsOf::People(users) => {
                users.iter().filter_map(|user| Some((*user, self.texts.get(user)?.clone()))).collect()
            }
        };
        DaySummary {
            texts,
            status: self.status.into(),
            version: self.version,
            built_at: self.built_at,
            expires_at: self.expires_at.filter(|_| !self.is_final()).map(Timestamp::from),
            model: self.model.clone(),
            prompt_hash: self.prompt_hash.clone(),
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
