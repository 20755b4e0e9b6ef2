//! Items as structs: what SCHEMA.md says, and how it becomes a domain value.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    corrupt,
    keys::{self, Key},
};
use crate::{
    domain::{
        AttemptId, Author, ChannelId, Cursor, Day, DaySummary, Fact, FactId, FailedAttempt, GuildSettings, Lease,
        Ledger, MEMORY_LIFE, Making, Memory, Mention, Message, MessageBody, MessageId, Person, Review, StoredMessage,
        SummaryStatus, Teachers, UserId, Viewers,
    },
    ports::StoreError,
};

/// The attributes of one item, keys included.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// Reads an item.
pub(super) fn decode<T: DeserializeOwned>(key: &Key, item: Attributes) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|_| corrupt(key))
}

/// Writes an item, keys included.
pub(super) fn encode<T: Serialize>(key: &Key, item: T) -> Result<Attributes, StoreError> {
    let mut attributes: Attributes = serde_dynamo::to_item(item).map_err(|_| corrupt(key))?;
    attributes.extend(key.attributes());
    Ok(attributes)
}

fn at_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// The lease on an item, and the last attempt that failed.
#[derive(Default, Deserialize)]
pub(super) struct MakingItem {
    lease_owner: Option<AttemptId>,
    lease_until: Option<i64>,
    last_failure: Option<FailedAttempt>,
}

impl MakingItem {
    fn making(&self) -> Making {
        let end = self.lease_until.map(|ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MIN));
        let lease = self.lease_owner.clone().zip(end).map(|(owner, until)| Lease { owner, until });
        Making { lease, last_failure: self.last_failure.clone() }
    }
}

/// A failure as an attribute.
pub(super) fn failure_attribute(failure: &FailedAttempt) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(failure).map_err(|_| StoreError::Corrupt { item: "failure".to_owned() })
}

#[derive(Deserialize)]
pub(super) struct LedgerItem {
    version: u64,
    purged_version: u64,
    message_count: u64,
    #[serde(flatten)]
    making: MakingItem,
}

impl LedgerItem {
    pub(super) fn ledger(&self) -> Ledger {
        Ledger { version: self.version, purged_version: self.purged_version, message_count: self.message_count }
    }

    pub(super) fn making(&self) -> Making {
        self.making.making()
    }
}

/// What the managers of a guild decided.
#[derive(Serialize, Deserialize)]
pub(super) struct SettingsItem {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    channels: BTreeSet<ChannelId>,
    teachers: Teachers,
    viewers: Viewers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retention_days: Option<u16>,
    revision: u64,
}

impl SettingsItem {
    /// The item that follows the one the settings were read from.
    pub(super) fn next(settings: &GuildSettings) -> Self {
        let GuildSettings { channels, teachers, viewers, retention_days, revision } = settings.clone();
        Self { channels, teachers, viewers, retention_days, revision: revision + 1 }
    }
}

impl From<SettingsItem> for GuildSettings {
    fn from(item: SettingsItem) -> Self {
        let SettingsItem { channels, teachers, viewers, retention_days, revision } = item;
        Self { channels, teachers, viewers, retention_days, revision }
    }
}

/// How far a channel was read.
#[derive(Serialize, Deserialize)]
pub(super) struct CursorItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ChannelId>,
    read_to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete_at: Option<MessageId>,
    reviewed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review: Option<ReviewItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forbidden_until: Option<Timestamp>,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ReviewItem {
    begun_at: Timestamp,
    reviewed_to: MessageId,
}

impl CursorItem {
    pub(super) fn new(cursor: &Cursor) -> Self {
        Self {
            parent: cursor.parent,
            read_to: keys::padded(cursor.after),
            complete_at: cursor.complete_at,
            reviewed_at: cursor.reviewed_at,
            review: cursor.review.map(|Review { begun_at, after }| ReviewItem { begun_at, reviewed_to: after }),
            forbidden_until: cursor.forbidden_until,
            expires_at: cursor.expires_at.as_second(),
        }
    }

    pub(super) fn into_cursor(self, key: &Key) -> Result<Cursor, StoreError> {
        Ok(Cursor {
            parent: self.parent,
            after: keys::unpadded(&self.read_to).ok_or_else(|| corrupt(key))?,
            complete_at: self.complete_at,
            reviewed_at: self.reviewed_at,
            review: self.review.map(|ReviewItem { begun_at, reviewed_to }| Review { begun_at, after: reviewed_to }),
            forbidden_until: self.forbidden_until,
            expires_at: at_second(self.expires_at),
        })
    }
}

/// Until when a model is left alone.
#[derive(Deserialize)]
pub(super) struct CooldownItem {
    until_ms: i64,
}

impl CooldownItem {
    pub(super) fn until(&self) -> Timestamp {
        Timestamp::from_millisecond(self.until_ms).unwrap_or(Timestamp::MIN)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Built,
    Blocked,
}

/// A summary, without the texts if they are in parts.
#[derive(Serialize, Deserialize)]
pub(super) struct SummaryItem {
    pub(super) texts: BTreeMap<UserId, String>,
    status: Status,
    pub(super) version: u64,
    built_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    model: String,
    prompt_hash: String,
    tokens: u64,
    blocked_messages: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Parts>,
}

/// Where the texts of a large summary are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) generation: String,
    #[serde(rename = "parts")]
    pub(super) count: u32,
}

/// Everybody who ever was in a summary of a day.
#[derive(Deserialize)]
pub(super) struct PeopleItem {
    pub(super) people: BTreeSet<UserId>,
}

/// One part of a large summary.
#[derive(Serialize, Deserialize)]
pub(super) struct PartItem {
    pub(super) texts: BTreeMap<UserId, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<i64>,
}

impl SummaryItem {
    pub(super) fn new(summary: &DaySummary, texts: BTreeMap<UserId, String>, parts: Option<Parts>) -> Self {
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
            tokens: summary.tokens,
            blocked_messages: summary.blocked_messages,
            parts,
        }
    }

    pub(super) fn into_summary(self) -> DaySummary {
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
            tokens: self.tokens,
            blocked_messages: self.blocked_messages,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct FactItem {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taught_by: Option<UserId>,
    taught_at: Timestamp,
}

/// Facts as an attribute.
pub(super) fn facts_attribute(facts: &BTreeMap<FactId, Fact>) -> Result<AttributeValue, StoreError> {
    let item = |fact: &Fact| FactItem { text: fact.text.clone(), taught_by: fact.taught_by, taught_at: fact.taught_at };
    let facts: BTreeMap<&FactId, FactItem> = facts.iter().map(|(id, fact)| (id, item(fact))).collect();
    serde_dynamo::to_attribute_value(facts).map_err(|_| StoreError::Corrupt { item: "facts".to_owned() })
}

#[derive(Deserialize)]
pub(super) struct PersonItem {
    #[serde(default)]
    facts: BTreeMap<FactId, FactItem>,
    #[serde(default)]
    facts_revision: u64,
    name: Option<String>,
    name_seen: Option<String>,
    #[serde(default)]
    names: BTreeSet<String>,
    #[serde(default)]
    aliases: BTreeSet<String>,
    #[serde(default)]
    opted_out: bool,
}

impl From<PersonItem> for Person {
    fn from(item: PersonItem) -> Self {
        let fact = |item: FactItem| Fact { text: item.text, taught_by: item.taught_by, taught_at: item.taught_at };
        Self {
            facts: item.facts.into_iter().map(|(id, item)| (id, fact(item))).collect(),
            facts_revision: item.facts_revision,
            last_name: item.name.zip(item.name_seen.and_then(|id| keys::unpadded(&id))),
            names: item.names,
            aliases: item.aliases,
            opted_out: item.opted_out,
        }
    }
}

/// A merged memory, or only the lease of one that is being merged.
#[derive(Serialize, Deserialize)]
pub(super) struct MemoryItem {
    #[serde(flatten)]
    memory: Option<MergedItem>,
    #[serde(flatten, skip_serializing)]
    making: MakingItem,
}

#[derive(Serialize, Deserialize)]
struct MergedItem {
    text: String,
    input_hash: String,
    facts_hash: String,
    day_versions: BTreeMap<Day, u64>,
    built_at: Timestamp,
    expires_at: i64,
}

impl MemoryItem {
    pub(super) fn new(memory: &Memory) -> Self {
        let merged = MergedItem {
            text: memory.text.clone(),
            input_hash: memory.input_hash.clone(),
            facts_hash: memory.facts_hash.clone(),
            day_versions: memory.day_versions.clone(),
            built_at: memory.built_at,
            expires_at: memory.expires_at.as_second(),
        };
        Self { memory: Some(merged), making: MakingItem::default() }
    }

    pub(super) fn making(&self) -> Making {
        self.making.making()
    }

    /// Whether it was merged from that day before the version.
    pub(super) fn used_before(&self, day: Day, version: u64) -> bool {
        self.memory.as_ref().and_then(|memory| memory.day_versions.get(&day)).is_some_and(|used| *used < version)
    }

    pub(super) fn into_memory(self) -> Option<Memory> {
        self.memory.map(|item| Memory {
            text: item.text,
            input_hash: item.input_hash,
            facts_hash: item.facts_hash,
            day_versions: item.day_versions,
            built_at: item.built_at,
            // A lease on the item prolongs the item's life, not the memory's.
            expires_at: at_second(item.expires_at).min(item.built_at + MEMORY_LIFE),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct MentionItem {
    id: UserId,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct MessageItem {
    channel: ChannelId,
    author: UserId,
    name: String,
    content: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<MentionItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<String>,
}

/// A message or its tombstone, with the end of its life.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredMessageItem {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    expires_at: i64,
    #[serde(flatten)]
    message: Option<MessageItem>,
}

impl StoredMessageItem {
    pub(super) fn live(message: &Message, expires_at: Timestamp) -> Self {
        let mention = |mention: &Mention| MentionItem { id: mention.id, name: mention.name.clone() };
        let item = MessageItem {
            channel: message.channel,
            author: message.author.id,
            name: message.author.name.clone(),
            content: message.body.content.clone(),
            reply_to: message.body.reply_to,
            edited_at: message.body.edited_at,
            mentions: message.body.mentions.iter().map(mention).collect(),
            attachments: message.body.attachments.clone(),
        };
        Self { deleted: false, expires_at: expires_at.as_second(), message: Some(item) }
    }

    pub(super) fn tombstone(expires_at: Timestamp) -> Self {
        Self { deleted: true, expires_at: expires_at.as_second(), message: None }
    }

    /// The message of that key, or an error when it is neither a message nor a tombstone.
    pub(super) fn into_stored(self, key: &Key, id: MessageId) -> Result<StoredMessage, StoreError> {
        if self.message.is_some() == self.deleted {
            return Err(corrupt(key));
        }
        let message = self.message.map(|item| item.into_message(id));
        Ok(StoredMessage { message, expires_at: at_second(self.expires_at) })
    }
}

impl MessageItem {
    fn into_message(self, id: MessageId) -> Message {
        let mention = |mention: MentionItem| Mention { id: mention.id, name: mention.name };
        Message {
            id,
            channel: self.channel,
            author: Author { id: self.author, name: self.name },
            body: MessageBody {
                content: self.content,
                reply_to: self.reply_to,
                edited_at: self.edited_at,
                mentions: self.mentions.into_iter().map(mention).collect(),
                attachments: self.attachments,
            },
        }
    }
}
