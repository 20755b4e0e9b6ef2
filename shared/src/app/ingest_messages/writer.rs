//! Writes a batch, guild-day by guild-day.
//!
//! Each guild-day is changed in transactions that hold the ledger, on condition that the ledger is the one that was read:
//!
//! ```text
//! this call      read ledger v4, messages ──▶ plan ──▶ put 99 messages + ledger v5 if v4 ──▶ put 12 + ledger v6 if v5
//! another call                     read v4 ──▶ plan ───────────────▶ refused: v5 ──▶ read again ──▶ plan ──▶ …
//! a crash                                                                        ▲ send the batch again: 99 unchanged, 12 stored
//! ```

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use super::{
    authors::{Authors, note_authors},
    deps::IngestMemory,
    outcome::{BatchOutcome, DayOutcome},
    transactions::transactions,
};
use crate::{
    app::retry,
    domain::{
        ChannelId, Day, GuildId, Message, MessageId, Told,
        batch::{Change, DayBatch, DayPlan, Untouched},
    },
    ports::{DayChange, StoreError, StoredDay, WriteMessages},
};

/// How often in a row a guild-day is planned anew without getting anywhere, because others changed it meanwhile or the
/// store was throttling.
const MAX_TRIES: u32 = 20;
/// Guild-days written at the same time.
const CONCURRENT_DAYS: usize = 16;

/// Messages and deletions that are known to be in order.
#[derive(Default)]
pub(in crate::app) struct Batch {
    /// New and edited messages.
    pub(in crate::app) messages: Vec<Message>,
    /// Ids of messages that were deleted.
    pub(in crate::app) deleted: Vec<MessageId>,
}

/// Writes what comes in for one guild.
pub(in crate::app) struct BatchWriter<'a, M, W> {
    pub(in crate::app) memory: &'a M,
    pub(in crate::app) messages: &'a W,
    pub(in crate::app) guild: GuildId,
    pub(in crate::app) now: Timestamp,
    /// How long new messages are kept.
    pub(in crate::app) kept_days: u16,
    /// How long messages were kept at least, whatever was decided when they came in.
    pub(in crate::app) least_days: u16,
    /// When the open channels were read by which it was decided what is written; `None` if none were kept.
    pub(in crate::app) decided_by: Option<Timestamp>,
}

/// What is to be changed, and what is there.
struct PlannedDay {
    stored: StoredDay,
    plan: DayPlan,
}

/// How far one try came. What was applied stays, also where the rest failed.
struct Progress {
    applied: Vec<Change>,
    rest: Result<Untouched, StoreError>,
}

impl<M: IngestMemory, W: WriteMessages> BatchWriter<'_, M, W> {
    /// Writes a batch, all its guild-days at the same time, and takes back what is not open any more.
    pub(in crate::app) async fn apply_batch(&self, batch: Batch) -> Result<BatchOutcome, StoreError> {
        let Authors { messages, opted_out } = note_authors(self.memory, self.guild, batch.messages).await?;
        let written: Vec<_> = messages.iter().map(|message| (message.id, message.channel)).collect();
        let mut days = self.apply_days(by_day(messages, batch.deleted)).await?;
        let closed = self.closed_meanwhile(written).await?;
        days.extend(self.apply_days(by_day(Vec::new(), closed)).await?);
        Ok(BatchOutcome::of(days, opted_out))
    }

    async fn apply_days(&self, days: BTreeMap<Day, DayBatch>) -> Result<Vec<DayOutcome>, StoreError> {
        let writes: Vec<_> = days.into_iter().map(|(day, batch)| self.apply_day(day, batch)).collect();
        stream::iter(writes).buffer_unordered(CONCURRENT_DAYS).try_collect().await
    }

    /// What was written in channels that closed since it was decided what is open: the sweep that follows a closing may have
    /// passed the day before the message was there (DESIGN rule 28).
    async fn closed_meanwhile(&self, written: Vec<(MessageId, ChannelId)>) -> Result<Vec<MessageId>, StoreError> {
        if written.is_empty() {
            return Ok(Vec::new());
        }
        let kept = self.memory.open_channels(self.guild).await?;
        let Some(open) = kept.filter(|open| Some(open.read_at) != self.decided_by) else { return Ok(Vec::new()) };
        Ok(written.into_iter().filter(|(_, channel)| !open.contain(*channel)).map(|(id, _)| id).collect())
    }

    async fn apply_day(&self, day: Day, mut batch: DayBatch) -> Result<DayOutcome, StoreError> {
        let deletes = batch.deletes();
        let (mut applied, mut fruitless_tries) = (Vec::new(), 0);
        let untouched = loop {
            let progress = self.try_day(day, &batch).await;
            batch.remove(&progress.applied);
            fruitless_tries = if progress.applied.is_empty() { fruitless_tries + 1 } else { 0 };
            applied.extend(progress.applied);
            match progress.rest {
                Ok(untouched) => break untouched,
                Err(StoreError::Conflict | StoreError::Throttled) if fruitless_tries < MAX_TRIES => {
                    tokio::time::sleep(retry::backoff(fruitless_tries)).await;
                }
                Err(error) => return Err(error),
            }
        };
        if deletes {
            self.finish_purge(day).await?;
        }
        Ok(DayOutcome { day, applied, untouched })
    }

    /// Plans what is left of the batch, and applies as much of it as it can.
    async fn try_day(&self, day: Day, batch: &DayBatch) -> Progress {
        match self.plan_day(day, batch).await {
            Ok(planned) => self.apply_plan(day, planned).await,
            Err(error) => Progress { applied: Vec::new(), rest: Err(error) },
        }
    }

    async fn plan_day(&self, day: Day, batch: &DayBatch) -> Result<PlannedDay, StoreError> {
        let mut stored = self.messages.stored_day(self.guild, day, &batch.ids()).await?;
        stored.messages.retain(|_, message| !message.is_expired(self.now));
        let plan = batch.plan(&stored.messages);
        Ok(PlannedDay { stored, plan })
    }

    async fn apply_plan(&self, day: Day, planned: PlannedDay) -> Progress {
        let PlannedDay { stored, plan: DayPlan { changes, untouched } } = planned;
        let StoredDay { ledger, read_version, messages } = stored;
        let told = Told { read_version, may_have_expired: self.may_have_expired(day), stored: &messages };
        let (mut applied, mut seen) = (Vec::new(), ledger);
        for changes in transactions(changes) {
            let next = seen.unwrap_or_default().after(&changes, &told);
            let deletes = changes.iter().any(|change| matches!(change, Change::Delete(_)));
            let change = DayChange {
                changes: &changes,
                seen,
                next,
                read_version: deletes.then_some(read_version),
                now: self.now,
                expires_at: days_after(self.now, self.kept_days),
                stored: &messages,
            };
            if let Err(error) = self.messages.change_day(self.guild, day, change).await {
                return Progress { applied, rest: Err(error) };
            }
            applied.extend(changes);
            seen = next.or(seen);
        }
        Progress { applied, rest: Ok(untouched) }
    }

    /// Removes what was made from deleted messages (DESIGN rule 19). It is looked after with every batch that deletes, also
    /// when it changed nothing: the call before may have died between the deletion and this.
    async fn finish_purge(&self, day: Day) -> Result<(), StoreError> {
        let ledger = self.memory.read_day(self.guild, day).await?.ledger.unwrap_or_default();
        match ledger.purged_version {
            0 => Ok(()),
            purged_version => self.memory.purge_day(self.guild, day, purged_version).await,
        }
    }

    /// Whether messages of the day can be so old that the store has forgotten some.
    fn may_have_expired(&self, day: Day) -> bool {
        self.now >= days_after(day.start(), self.least_days)
    }
}

fn by_day(messages: Vec<Message>, deleted: Vec<MessageId>) -> BTreeMap<Day, DayBatch> {
    let mut days: BTreeMap<Day, DayBatch> = BTreeMap::new();
    for message in messages {
        days.entry(message.id.day()).or_default().add(message);
    }
    for id in deleted {
        days.entry(id.day()).or_default().delete(id);
    }
    days
}

fn days_after(now: Timestamp, days: u16) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}
