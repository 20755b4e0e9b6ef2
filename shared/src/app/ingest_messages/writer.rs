//! Writes a batch, guild-day by guild-day.
//!
//! Each guild-day is changed in transactions that hold the ledger, on condition that the ledger is the one that was read:
//!
//! ```text
//! this call      read ledger v4, messages ──▶ plan ──▶ put 99 messages + ledger v5 if v4 ──▶ put 12 + ledger v6 if v5
//! another call                     read v4 ──▶ plan ───────────────▶ refused: v5 ──▶ read again ──▶ plan ──▶ …
//! a crash                                                                        ▲ send the batch again: 99 unchanged, 12 stored
//! ```

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use super::{
    authors::note_authors,
    deps::IngestMemory,
    outcome::{BatchOutcome, DayOutcome},
    transactions::transactions,
};
use crate::{
    app::retry,
    domain::{
        ChannelId, Day, GuildId, Ledger, Message, MessageId, SaidNames, Told, UserId,
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
    /// Ids of messages in which nobody is to be known any more for that person.
    pub(in crate::app) redacted: Vec<(MessageId, UserId)>,
    /// What the authors are called in the guild, as far as the source knows it.
    pub(in crate::app) said: SaidNames,
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
    /// How many of the messages to be stored the ledger counts already.
    counted_before: u64,
}

/// How far one try came. What was applied stays, also where the rest failed.
struct Progress {
    applied: Vec<Change>,
    /// What needed no change, and the ledger as it is now.
    rest: Result<(Untouched, Option<Ledger>), StoreError>,
}

impl<M: IngestMemory, W: WriteMessages> BatchWriter<'_, M, W> {
    /// Writes a batch, all its guild-days at the same time, and takes back what is not open any more.
    pub(in crate::app) async fn apply_batch(&self, batch: Batch) -> Result<BatchOutcome, StoreError> {
        let Batch { messages, deleted, redacted, said } = batch;
        let people = note_authors(self.memory, self.guild, &messages, said).await?;
        let written: Vec<_> = messages.iter().map(|message| (message.id, message.channel)).collect();
        let mut batches = by_day(messages, deleted);
        for (id, user) in redacted {
            batches.entry(id.day()).or_default().redact(id, user);
        }
        // Who opted out long ago has no day begun for them.
        batches.values_mut().for_each(|batch| *batch = batch.as_people_want(&people));
        let mut days = self.apply_days(batches).await?;
        let closed = self.closed_meanwhile(written).await?;
        days.extend(self.apply_days(by_day(Vec::new(), closed)).await?);
        Ok(BatchOutcome::of(days))
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

    #[tracing::instrument(name = "store_day", target = "span", skip_all, fields(guild = %self.guild, date = %day))]
    async fn apply_day(&self, day: Day, mut batch: DayBatch) -> Result<DayOutcome, StoreError> {
        let mut deletes = batch.deletes();
        let (mut applied, mut fruitless_tries) = (Vec::new(), 0);
        let (untouched, ledger) = loop {
            let progress = self.try_day(day, &batch).await;
            batch.remove(&progress.applied);
            fruitless_tries = if progress.applied.is_empty() { fruitless_tries + 1 } else { 0 };
            deletes |= progress.applied.iter().any(Change::takes_away);
            applied.extend(progress.applied);
            match progress.rest {
                Ok(rest) => break rest,
                Err(StoreError::Conflict | StoreError::Throttled) if fruitless_tries < MAX_TRIES => {
                    tokio::time::sleep(retry::backoff(fruitless_tries)).await;
                }
                Err(error) => return Err(error),
            }
        };
        // It is looked after with every batch that deletes, also when it changed nothing: the call before may have died
        // between the deletion and this (DESIGN rule 19).
        if let Some(ledger) = ledger.filter(|ledger| deletes && ledger.is_purge_due()) {
            self.memory.purge_day(self.guild, day, ledger.purged_version).await?;
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
        let batch = &self.as_people_want(day, batch, &mut stored).await?;
        let is_expired = |id: &MessageId| stored.messages.get(id).is_some_and(|stored| stored.is_expired(self.now));
        let expired: BTreeSet<MessageId> = stored.messages.keys().copied().filter(is_expired).collect();
        stored.messages.retain(|id, _| !expired.contains(id));
        let plan = batch.plan(&stored.messages);
        let new = plan.changes.iter().filter(|change| matches!(change, Change::Store(_)));
        let (swept, still_there): (Vec<_>, Vec<_>) = new.partition(|change| !expired.contains(&change.id()));
        let counted_before = still_there.len() as u64 + self.counted_and_swept(day, stored.ledger, swept.len()).await?;
        Ok(PlannedDay { stored, plan, counted_before })
    }

    /// What people let be stored, decided after the ledger was read: who is erased since moves the ledger's fence, and what
    /// was decided before is refused (DESIGN rule 41). So there must be one.
    async fn as_people_want(&self, day: Day, batch: &DayBatch, stored: &mut StoredDay) -> Result<DayBatch, StoreError> {
        if !batch.stores() {
            return Ok(batch.clone());
        }
        if stored.ledger.is_none() {
            self.messages.begin_day(self.guild, day).await?;
            *stored = self.messages.stored_day(self.guild, day, &batch.ids()).await?;
        }
        let people = self.memory.people(self.guild, &batch.people()).await?;
        Ok(batch.as_people_want(&people))
    }

    /// How many of so many messages that are not there the ledger counts: they were there, have expired, and come in again.
    async fn counted_and_swept(&self, day: Day, ledger: Option<Ledger>, new: usize) -> Result<u64, StoreError> {
        let counted = ledger.map_or(0, |ledger| ledger.message_count);
        if new == 0 || counted == 0 || !self.may_have_expired(day) {
            return Ok(0);
        }
        let there = self.messages.message_channels(self.guild, day).await?.len() as u64;
        Ok(counted.saturating_sub(there).min(new as u64))
    }

    async fn apply_plan(&self, day: Day, planned: PlannedDay) -> Progress {
        let PlannedDay { stored, plan: DayPlan { changes, untouched }, mut counted_before } = planned;
        let StoredDay { ledger, read_version, erasures, messages } = stored;
        let may_have_expired = self.may_have_expired(day);
        let (mut applied, mut seen) = (Vec::new(), ledger);
        for changes in transactions(changes, self.messages.max_changes()) {
            let stored = changes.iter().filter(|change| matches!(change, Change::Store(_))).count() as u64;
            let counted = counted_before.min(stored);
            counted_before -= counted;
            let told = Told { read_version, may_have_expired, counted_before: counted, stored: &messages };
            let next = seen.unwrap_or_default().after(&changes, &told);
            let deletes = changes.iter().any(Change::takes_away);
            let change = DayChange {
                changes: &changes,
                seen,
                next,
                read_version: deletes.then_some(read_version),
                erasures,
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
        Progress { applied, rest: Ok((untouched, seen)) }
    }

    /// Whether messages of the day can be so old that the store has forgotten some.
    pub(in crate::app) fn may_have_expired(&self, day: Day) -> bool {
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
