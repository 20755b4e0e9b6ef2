//! One run over one guild.

use std::future::Future;

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::{authors::Authors, intent::Intent};
use crate::{
    app::{Deadline, ingest_messages::BatchWriter},
    domain::GuildId,
    ports::Clock,
};

/// Channels of a guild that are looked at at the same time.
const CONCURRENT_CHANNELS: usize = 4;

/// A few at a time, in their order.
pub(super) async fn at_once<T>(channels: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(channels).buffered(CONCURRENT_CHANNELS).collect().await
}

/// What the channels of a guild are read with, and what was decided for it.
pub(super) struct GuildRun<'a, M, W, D, C> {
    pub(super) memory: &'a M,
    pub(super) messages: &'a W,
    pub(super) discord: &'a D,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) begun: Timestamp,
    pub(super) deadline: Deadline,
    /// When the open channels were read by which it was decided what is read.
    pub(super) decided_by: Timestamp,
    /// Whether what people write is shown.
    pub(super) intent: Intent,
    /// Who wrote what was read.
    pub(super) authors: Authors,
    /// How long new messages are kept.
    pub(super) kept_days: u16,
    /// How long messages were kept at least.
    pub(super) least_days: u16,
    /// Whether members are asked for who may have left.
    pub(super) asks_who_left: bool,
    /// One writer at a time: channels that are read at the same time would meet in the ledgers of the same days.
    pub(super) writing: Mutex<()>,
}

impl<M, W, D, C: Clock> GuildRun<'_, M, W, D, C> {
    /// What writes messages that come in now.
    pub(super) fn writer(&self) -> BatchWriter<'_, M, W> {
        let Self { memory, messages, guild, kept_days, least_days, decided_by, .. } = *self;
        let (now, decided_by) = (self.clock.now(), Some(decided_by));
        BatchWriter { memory, messages, guild, now, kept_days, least_days, decided_by }
    }
}
