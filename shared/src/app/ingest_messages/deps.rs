//! What ingest works with.

use crate::{
    domain::Retention,
    ports::{PurgeDay, ReadPeople, ReadSettings, RecordNames},
};

/// What the use case works with.
pub struct Deps<M, W, C> {
    /// What is known: settings, people, and what was made from messages.
    pub memory: M,
    /// What people wrote.
    pub messages: W,
    /// The time.
    pub clock: C,
    /// How long messages are kept.
    pub retention: Retention,
}

/// What ingest does with what is known: it asks what a guild wants, notes who wrote, and drops what was made from words that
/// were taken back.
pub trait IngestMemory: ReadSettings + ReadPeople + RecordNames + PurgeDay {}

impl<M: ReadSettings + ReadPeople + RecordNames + PurgeDay> IngestMemory for M {}
