//! What the use cases need from the world: a trait for each thing somebody is allowed to do, so that a signature states its
//! authority and the IAM statements of `template.yaml` mirror it. One error enum per kind of port.
//!
//! Nothing here hides time: what expires is handed out with its `expires_at`, and whoever decides looks at it himself
//! (DESIGN rule 3).

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    AttemptId, Day, DayRecord, DaySummary, Fact, FactId, FailedAttempt, GuildId, Lease, Ledger, Making, Memory,
    MessageId, Person, StoredMessage, UserId, ingest::Change, prompt::Prompt,
};

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or has failed.
    #[error("the store cannot be reached or failed: {reason}")]
    Unavailable {
        /// What happened, without data.
        reason: String,
    },
    /// It has too much to do.
    #[error("the store is throttling requests")]
    Throttled,
    /// Somebody else changed it meanwhile; look again.
    #[error("the data changed meanwhile")]
    Conflict,
    /// It refuses for good: no permission, no such table, an item that is too large.
    #[error("the store refused: {reason}")]
    Refused {
        /// What happened, without data.
        reason: String,
    },
    /// What is there cannot be read.
    #[error("the item {item} cannot be read")]
    Corrupt {
        /// The item's kind and key, without its contents.
        item: String,
    },
}

/// Reads a guild-day's record.
pub trait ReadDay: Send + Sync {
    /// The ledger and the summary, as they are at one moment or later ones.
    fn read_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<DayRecord, StoreError>> + Send;
}

/// Reads what people wrote.
pub trait ReadMessages: Send + Sync {
    /// Every message of the day in the order of the ids, tombstones left out; all of them or an error (DESIGN rule 14).
    fn messages_of_day(
        &self,
        guild: GuildId,
        day: Day,
    ) -> impl Future<Output = Result<Vec<StoredMessage>, StoreError>> + Send;
}

/// Replaces a guild-day's summary.
pub trait CommitDaySummary: Send + Sync {
    /// Puts the summary, notes who is in it for a later [`PurgeDay`], and drops the lease of `attempt`: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or something was deleted since the summary's version.
    fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        attempt: &AttemptId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives the summary that was `seen` another end, or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another summary is there by now, or none.
    fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What a lease is on: a guild-day's summary, or the merge of certain inputs for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseOn {
    /// The summary of that day.
    Day(Day),
    /// The memory of that person, made from the inputs of that hash.
    Memory(UserId, String),
}

/// Takes and gives back leases (DESIGN rules 8 and 9). Every write has a condition, so that it fails rather than harm
/// another's.
pub trait HoldLeases: Send + Sync {
    /// Takes the lease if nobody holds it at `now`. `false`: somebody does, or a memory of those inputs is there by now.
    fn acquire(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        lease: &Lease,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Prolongs the lease.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is another's by now.
    fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Drops the lease of `attempt`, and records why it failed if it did. A lease that is another's is left alone.
    fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        attempt: &AttemptId,
        failure: Option<&FailedAttempt>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Removes what was made from messages that were deleted.
pub trait PurgeDay: ReadDay {
    /// Drops what was made before `purged_version`: the memories of everybody who ever was in a summary of the day, its parts
    /// and itself. Done again it does nothing, so that it can be repeated after a crash.
    fn purge_day(
        &self,
        guild: GuildId,
        day: Day,
        purged_version: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What ingest needs to know before it changes a guild-day.
pub struct StoredDay {
    /// The ledger, read before the messages.
    pub ledger: Option<Ledger>,
    /// What is stored under the ids that were asked for.
    pub messages: BTreeMap<MessageId, StoredMessage>,
}

/// Changes of a guild-day that become true together.
pub struct DayChange<'a> {
    /// At most [`MAX_CHANGES`], and about [`MAX_CHANGE_BYTES`].
    pub changes: &'a [Change],
    /// The ledger as it was read.
    pub seen: Option<Ledger>,
    /// The ledger as it is to be, or `None` to leave it alone.
    pub next: Option<Ledger>,
    /// The time now.
    pub now: Timestamp,
    /// When new messages and new tombstones may be forgotten.
    pub expires_at: Timestamp,
    /// What was stored under the changed ids; edited messages keep the `expires_at` they have.
    pub stored: &'a BTreeMap<MessageId, StoredMessage>,
}

/// Changes that fit into one transaction, besides the ledger (DESIGN section 5).
pub const MAX_CHANGES: usize = 99;
/// Bytes of changes that fit into one transaction of at most 4 MB.
pub const MAX_CHANGE_BYTES: usize = 3_000_000;

/// Changes what people wrote.
pub trait WriteMessages: Send + Sync {
    /// The ledger, and then what is stored under `ids`, which all belong to `day`.
    fn stored_day(
        &self,
        guild: GuildId,
        day: Day,
        ids: &[MessageId],
    ) -> impl Future<Output = Result<StoredDay, StoreError>> + Send;

    /// Makes the changes and the new ledger true, together or not at all.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the ledger is not the one that was seen, or a new message is there already.
    fn change_day(
        &self,
        guild: GuildId,
        day: Day,
        change: DayChange<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What is known about one person, and what was merged from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonRecord {
    /// Facts and names.
    pub person: Person,
    /// The last merged memory, expired or not.
    pub memory: Option<Memory>,
    /// Who is merging the next one.
    pub making: Making,
}

/// All that a request for memories looks at. What could not be read is an error in its place (DESIGN rule 14).
pub struct Window {
    /// One entry for every day asked for.
    pub days: BTreeMap<Day, Result<DayRecord, StoreError>>,
    /// One entry for every person asked for.
    pub people: BTreeMap<UserId, Result<PersonRecord, StoreError>>,
}

/// Reads days and people in one round.
pub trait ReadWindow: Send + Sync {
    /// The records of `days` and of `people`.
    fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> impl Future<Output = Window> + Send;
}

/// Keeps merged memories.
pub trait CommitMemory: Send + Sync {
    /// Replaces the person's memory and drops the lease of `attempt`, both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease is another's by now, or something was deleted from a day that was used.
    fn commit_memory(
        &self,
        guild: GuildId,
        user: UserId,
        memory: &Memory,
        attempt: &AttemptId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Remembers which models are to be left alone for a while; all Lambdas share it (DESIGN rule 10).
pub trait CoolModels: Send + Sync {
    /// Until when each of `models` is to be left alone; those that are not are left out.
    fn cooldowns(
        &self,
        models: &[String],
    ) -> impl Future<Output = Result<BTreeMap<String, Timestamp>, StoreError>> + Send;

    /// Leaves a model alone until then. An end that is later already stays.
    fn cool_down(&self, model: &str, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Reads what is known about people.
pub trait ReadPeople: Send + Sync {
    /// Everybody who was asked for; who is unknown is there with nothing known.
    fn people(
        &self,
        guild: GuildId,
        users: &[UserId],
    ) -> impl Future<Output = Result<HashMap<UserId, Person>, StoreError>> + Send;
}

/// Notes the names people are seen under.
pub trait RecordNames: Send + Sync {
    /// Makes the name the current one unless one from a later message is known, and adds it to the names the person was seen
    /// under while there are fewer than [`MAX_NAMES`](crate::domain::MAX_NAMES).
    fn record_name(
        &self,
        guild: GuildId,
        user: UserId,
        name: &str,
        seen_in: MessageId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Changes what people taught.
pub trait TeachPeople: ReadPeople {
    /// Replaces the facts.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when they are not at `seen_revision` any more.
    fn replace_facts(
        &self,
        guild: GuildId,
        user: UserId,
        facts: &BTreeMap<FactId, Fact>,
        seen_revision: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Adds an alias; adding it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there are [`MAX_ALIASES`](crate::domain::MAX_ALIASES) already.
    fn add_alias(
        &self,
        guild: GuildId,
        user: UserId,
        alias: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What a model wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The text, thoughts left out.
    pub text: String,
    /// The model that wrote it, as configured (`gemini:name`).
    pub model: String,
    /// Tokens the model counted, prompt and answer.
    pub tokens: u64,
}

/// Why a model did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Its quota is used up.
    #[error("the model's rate limit is reached{}", retry_words(*.retry_after))]
    RateLimited {
        /// When it can be asked again, if it said so.
        retry_after: Option<Duration>,
    },
    /// Its quota for the day is used up, until the next midnight in Los Angeles.
    #[error("the model's daily quota is used up")]
    DailyQuota,
    /// It cannot be reached, failed, took too long, or wrote what cannot be used.
    #[error("the model is unavailable: {reason}")]
    Unavailable {
        /// What happened, without prompt or answer.
        reason: String,
    },
    /// Its filter refuses the prompt or the answer.
    #[error("the model's filter refused ({reason})")]
    Blocked {
        /// The filter's own word.
        reason: String,
    },
    /// The answer was longer than allowed.
    #[error("the model's answer was cut off at its length limit")]
    Truncated,
    /// It refuses the request itself: a wrong key, an unknown model.
    #[error("the model refused the request: {reason}")]
    Refused {
        /// What happened, without prompt or answer.
        reason: String,
    },
}

fn retry_words(retry_after: Option<Duration>) -> String {
    retry_after.map(|wait| format!("; retry in {} s", wait.as_millis().div_ceil(1_000))).unwrap_or_default()
}

/// Asks a language model.
pub trait LanguageModel: Send + Sync {
    /// One question, one answer.
    fn generate(&self, prompt: &Prompt) -> impl Future<Output = Result<Answer, ModelError>> + Send;
}

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

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
