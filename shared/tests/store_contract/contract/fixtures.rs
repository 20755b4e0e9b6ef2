//! The guild-day of these tests, and what is done to it again and again.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use guild_memory::{
    domain::{
        Day, DaySummary, GuildId, Lease, LeaseOwner, Ledger, Memory, Message, MessageId, StoredMessage, SummaryStatus,
        Told, Usage, UserId, batch::Change,
    },
    ports::{DayChange, LeaseOn, StoreError, StoredDay, TextsOf},
    testing::{id_at, message_at},
};
use jiff::{SignedDuration, Timestamp};

use super::sides::{MemorySide, MessagesSide};

pub(crate) fn guild() -> GuildId {
    "998100000000000001".parse().unwrap()
}

pub(crate) fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

pub(crate) fn day() -> Day {
    "2026-11-20".parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

pub(crate) fn expiry() -> Timestamp {
    at("2026-12-20T12:00:00Z")
}

pub(crate) fn message(n: u64, content: &str) -> Message {
    let mut message = message_at(day(), "10:00", 10, "Ann", content);
    message.id = id_at(day().start() + SignedDuration::from_hours(10), n);
    message
}

/// Applies changes on top of the ledger that is there, as ingest does.
pub(crate) async fn apply(
    messages: &impl MessagesSide,
    changes: &[Change],
    expires_at: Timestamp,
) -> Result<Option<Ledger>, StoreError> {
    let ids: Vec<MessageId> = changes.iter().map(Change::id).collect();
    let stored = messages.stored_day(guild(), day(), &ids).await?;
    let StoredDay { ledger: seen, read_version, erasures, messages: known } = stored;
    let next = seen.unwrap_or_default().after(changes, &Told { read_version, ..told(&known) });
    let read_version = Some(read_version);
    let change = DayChange { changes, seen, next, read_version, erasures, now: now(), expires_at, stored: &known };
    messages.change_day(guild(), day(), change).await?;
    Ok(next)
}

/// Version, purged version, and number of messages.
pub(crate) fn counts(ledger: Option<Ledger>) -> Option<(u64, u64, u64)> {
    ledger.map(|ledger| (ledger.version, ledger.purged_version, ledger.message_count))
}

/// A day that nobody has read.
pub(crate) fn told(stored: &BTreeMap<MessageId, StoredMessage>) -> Told<'_> {
    Told { read_version: 0, may_have_expired: false, counted_before: 0, stored }
}

pub(crate) fn summary(version: u64, texts: BTreeMap<UserId, String>) -> DaySummary {
    DaySummary {
        texts,
        status: SummaryStatus::Built,
        version,
        built_at: at("2026-11-21T00:30:00.5Z"),
        expires_at: None,
        model: "gemini:test".into(),
        prompt_hash: "abc".into(),
        usage: Usage {
            prompt_tokens: 400,
            cached_tokens: 300,
            output_tokens: 12,
            thought_tokens: 100,
            calls: 2,
            retries: 1,
            failures: 1,
            hedges: 1,
        },
        blocked_messages: 0,
    }
}

pub(crate) fn texts(people: u64, text: &str) -> BTreeMap<UserId, String> {
    (1..=people).map(|n| (user(n), format!("{n}: {text}"))).collect()
}

pub(crate) fn owner(n: u128) -> LeaseOwner {
    LeaseOwner::new(now(), n)
}

pub(crate) fn lease(n: u128, until: &str) -> Lease {
    Lease { owner: owner(n), until: at(until) }
}

pub(crate) const LONG: &str = "2026-11-20T12:00:30Z";

/// The memory of a person that is made of those inputs, and of `day` at that version.
pub(crate) fn memory_of(n: u64, inputs: &str, version: u64) -> LeaseOn {
    LeaseOn::Memory { user: user(n), inputs: inputs.to_owned(), day_versions: BTreeMap::from([(day(), version)]) }
}

/// Commits a summary under a lease of its own, on a day that has a ledger.
pub(crate) async fn commit(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
    summary: &DaySummary,
) -> Result<(), StoreError> {
    if memory.read_day(guild(), day(), TextsOf::Everybody).await?.ledger.is_none() {
        apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await?;
    }
    // Attempts have names of their own, the later ones the larger.
    static ATTEMPTS: AtomicU64 = AtomicU64::new(1_000);
    let n = u128::from(ATTEMPTS.fetch_add(1, Ordering::SeqCst));
    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(n, LONG), now()).await?);
    let ledger = memory.read_day(guild(), day(), TextsOf::Everybody).await?.ledger.unwrap_or_default();
    memory.note_reading(guild(), day(), ledger.version, &owner(n)).await?;
    memory.commit_summary(guild(), day(), summary, &owner(n)).await
}

pub(crate) fn merged() -> Memory {
    Memory {
        text: "Ann sails.".into(),
        input_hash: "in".into(),
        facts_hash: "facts".into(),
        day_versions: BTreeMap::from([(day(), 3)]),
        model: "gemini:merge".into(),
        usage: Usage { prompt_tokens: 40, output_tokens: 3, calls: 1, ..Usage::default() },
        built_at: at("2026-11-20T12:00:00.25Z"),
        expires_at: at("2026-11-27T12:00:00Z"),
    }
}
