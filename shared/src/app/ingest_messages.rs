//! Takes in messages and deletions, in any order, any number of times.
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
use jiff::Timestamp;

mod incoming;
mod names;

use incoming::Incoming;

use super::AppError;
use crate::{
    contract::{IngestReport, IngestRequest},
    domain::{
        Day, GuildId, Message, MessageId, Retention,
        batch::{Change, DayBatch, DayPlan},
    },
    ports::{
        Clock, DayChange, MAX_CHANGE_BYTES, MAX_CHANGES, PurgeDay, ReadPeople, ReadSettings, RecordNames, StoreError,
        WriteMessages,
    },
};

/// Messages and deletions a call can have.
pub const MAX_MESSAGES: usize = 5_000;
/// How often in a row a guild-day is planned anew without getting anywhere, because others changed it meanwhile or the
/// store was throttling.
const MAX_ATTEMPTS: u32 = 20;
/// Guild-days written at the same time.
const CONCURRENT_DAYS: usize = 16;

/// Stores what `request` brings, as far as the guild's settings let it.
///
/// # Errors
/// `InvalidRequest` for too many messages; `StoreUnavailable`, `Throttled` or `Internal` when the store did not take all
/// of it. Then the same request can be sent again.
pub async fn ingest_messages<S, C>(
    store: &S,
    clock: &C,
    retention: Retention,
    request: IngestRequest,
) -> Result<IngestReport, AppError>
where
    S: WriteMessages + PurgeDay + ReadPeople + RecordNames + ReadSettings,
    C: Clock,
{
    let total = request.messages.len() + request.deleted.len();
    if total > MAX_MESSAGES {
        return Err(AppError::invalid(format!(
            "messages: at most {MAX_MESSAGES} messages and deletions in a call, but there are {total}"
        )));
    }
    let (guild, now) = (request.guild_id, clock.now());
    let settings = store.settings(guild).await?;
    let incoming = Incoming::read(request, &settings, now);
    let keeper = Keeper { store, guild, now, kept_days: settings.kept_days(retention), least_days: retention.least };
    Ok(keeper.write_all(incoming).await?)
}

fn days_after(now: Timestamp, days: u16) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

fn by_day(incoming: &mut Incoming) -> BTreeMap<Day, DayBatch> {
    let mut days: BTreeMap<Day, DayBatch> = BTreeMap::new();
    for message in incoming.messages.drain(..) {
        days.entry(message.id.day()).or_default().add(message);
    }
    for id in incoming.deleted.drain(..) {
        days.entry(id.day()).or_default().delete(id);
    }
    days
}

/// Keeps messages of one guild.
pub(super) struct Keeper<'a, S> {
    pub(super) store: &'a S,
    pub(super) guild: GuildId,
    pub(super) now: Timestamp,
    /// How long new messages are kept.
    pub(super) kept_days: u16,
    /// How long messages were kept at least, whatever was decided when they came in.
    pub(super) least_days: u16,
}

/// What became of one guild-day's part of the batch.
struct DayOutcome {
    day: Day,
    applied: Vec<Change>,
    unchanged: usize,
    deleted_before: usize,
    blank: usize,
}

impl<S: WriteMessages + PurgeDay + ReadPeople + RecordNames> Keeper<'_, S> {
    /// Keeps messages that are known to be in order, and notes deletions.
    pub(super) async fn keep(&self, messages: Vec<Message>, deleted: Vec<MessageId>) -> Result<IngestReport, AppError> {
        let incoming = Incoming { messages, deleted, report: IngestReport::default() };
        Ok(self.write_all(incoming).await?)
    }

    /// Writes what is left of a batch after a first look, every guild-day of it at the same time.
    async fn write_all(&self, mut incoming: Incoming) -> Result<IngestReport, StoreError> {
        names::apply_people(self.store, self.guild, &mut incoming).await?;
        let days: Vec<_> = by_day(&mut incoming).into_iter().map(|(day, batch)| self.write(day, batch)).collect();
        let mut outcomes: Vec<DayOutcome> = stream::iter(days).buffer_unordered(CONCURRENT_DAYS).try_collect().await?;
        outcomes.sort_by_key(|outcome| outcome.day);
        let mut report = incoming.report;
        outcomes.into_iter().for_each(|outcome| outcome.add_to(&mut report));
        Ok(report)
    }

    async fn write(&self, day: Day, mut batch: DayBatch) -> Result<DayOutcome, StoreError> {
        let deletes = batch.deletes();
        let mut applied = Vec::new();
        let mut attempt = 0;
        let plan = loop {
            let before = applied.len();
            let result = self.attempt(day, &batch, &mut applied).await;
            batch.settle(&applied[before..]);
            attempt = if applied.len() > before { 0 } else { attempt + 1 };
            match result {
                Ok(plan) => break plan,
                Err(StoreError::Conflict | StoreError::Throttled) if attempt < MAX_ATTEMPTS => {
                    tokio::time::sleep(super::retry::backoff(attempt)).await;
                }
                Err(error) => return Err(error),
            }
        };
        if deletes {
            self.purge(day).await?;
        }
        let DayPlan { unchanged, deleted_before, blank, .. } = plan;
        Ok(DayOutcome { day, applied, unchanged, deleted_before, blank })
    }

    /// Removes what was made from deleted messages (DESIGN rule 19). It is looked after with every batch that deletes, also
    /// when it changed nothing: the call before may have died between the deletion and this.
    async fn purge(&self, day: Day) -> Result<(), StoreError> {
        let purged_version =
            self.store.read_day(self.guild, day).await?.ledger.map_or(0, |ledger| ledger.purged_version);
        if purged_version > 0 {
            self.store.purge_day(self.guild, day, purged_version).await?;
        }
        Ok(())
    }

    /// Plans and applies what is left of the batch; `applied` grows by what became true, also when it fails.
    async fn attempt(&self, day: Day, batch: &DayBatch, applied: &mut Vec<Change>) -> Result<DayPlan, StoreError> {
        let mut stored = self.store.stored_day(self.guild, day, &batch.ids()).await?;
        stored.messages.retain(|_, message| !message.is_expired(self.now));
        let mut plan = batch.plan(&stored.messages);
        let mut ledger = stored.ledger;
        for changes in transactions(std::mem::take(&mut plan.changes)) {
            let next = ledger.unwrap_or_default().after(&changes, self.may_have_expired(day));
            let change = DayChange {
                changes: &changes,
                seen: ledger,
                next,
                now: self.now,
                expires_at: days_after(self.now, self.kept_days),
                stored: &stored.messages,
            };
            self.store.change_day(self.guild, day, change).await?;
            applied.extend(changes);
            ledger = next.or(ledger);
        }
        Ok(plan)
    }

    /// Whether messages of the day can be so old that the store has forgotten some.
    fn may_have_expired(&self, day: Day) -> bool {
        self.now >= days_after(day.start(), self.least_days)
    }
}

/// Cuts changes into pieces that fit into a transaction each.
fn transactions(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut pieces: Vec<Vec<Change>> = Vec::new();
    let mut bytes = 0;
    for change in changes {
        bytes += change.bytes();
        match pieces.last_mut() {
            Some(piece) if piece.len() < MAX_CHANGES && bytes <= MAX_CHANGE_BYTES => piece.push(change),
            _ => {
                bytes = change.bytes();
                pieces.push(vec![change]);
            }
        }
    }
    pieces
}

impl DayOutcome {
    fn add_to(self, report: &mut IngestReport) {
        let before = report.stored + report.updated + report.deleted;
        for change in &self.applied {
            match change {
                Change::Store(_) => report.stored += 1,
                Change::Update(_) => report.updated += 1,
                Change::Delete(_) => report.deleted += 1,
                Change::Bury(_) => {}
            }
        }
        report.unchanged += self.unchanged;
        report.skipped.deleted += self.deleted_before;
        report.skipped.empty += self.blank;
        if report.stored + report.updated + report.deleted > before {
            report.days_changed.push(self.day);
        }
    }
}

#[cfg(test)]
mod tests;
