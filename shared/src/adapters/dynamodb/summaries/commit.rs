//! Commits of summaries:
//!
//! ```text
//! builder    acquire the lease ──▶ read ledger v5 ──▶ read_version 5 if still v5 ──▶ read messages ──▶ model ──▶
//!                                       put SUMMARY (v5) and drop the lease, if it is mine and purged_version <= 5
//! ingest     a message: ledger v6 ──▶ the commit stands, and is outdated for a closed day
//! ingest     a deletion of what came in with v5 or before, after read_version 5: purged_version 7 ──▶ the commit is refused
//! ingest     a deletion of what came in with v6: ledger v8, nothing is purged ──▶ the commit stands
//! ```

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{fence::Fence, summary::SummaryItem};
use crate::{
    adapters::dynamodb::{
        attributes::{encode, number, text, text_set},
        keys::Key,
        table::Write,
        tables::MemoryTable,
        time::{EpochSeconds, rfc_3339},
    },
    domain::{Day, DaySummary, GuildId, LeaseOwner, MEMORY_LIFE},
    ports::{CommitDaySummary, StoreError},
};

impl CommitDaySummary for MemoryTable {
    async fn note_reading(&self, guild: GuildId, day: Day, version: u64, owner: &LeaseOwner) -> Result<(), StoreError> {
        let note = Write::update(&Key::ledger(guild, day), "SET read_version = :version")
            .only_if("lease_owner = :owner AND version = :version")
            .value(":version", number(version))
            .value(":owner", text(owner.as_str()));
        self.table.write_contended(note).await
    }

    async fn commit_summary(
        &self,
        guild: GuildId,
        day: Day,
        summary: &DaySummary,
        owner: &LeaseOwner,
    ) -> Result<(), StoreError> {
        let fence = Fence { guild, day, version: summary.version, owner };
        let (texts, parts) = self.place_texts(&fence, summary).await?;
        let end = self.summary_retention.end_of(day);
        let item = encode(&Key::summary(guild, day), SummaryItem::new(summary, texts, parts, (owner.as_str(), end)))?;
        let transaction = self.table.transaction();
        let transaction = transaction.write(&self.table, Write::put(item)).write(&self.table, fence.drop_lease());
        let transaction = match note_people(guild, day, summary, end) {
            None => transaction,
            Some(note) => transaction.write(&self.table, note),
        };
        transaction.commit().await?;
        self.delete_orphans(&fence).await;
        Ok(())
    }

    async fn renew_summary(
        &self,
        guild: GuildId,
        day: Day,
        seen: &DaySummary,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let key = Key::summary(guild, day);
        let update = match expires_at {
            None => match self.summary_retention.end_of(day) {
                None => Write::update(&key, "REMOVE expires_at"),
                Some(end) => Write::update(&key, "SET is_final = :yes, expires_at = :end")
                    .value(":yes", AttributeValue::Bool(true))
                    .value(":end", EpochSeconds::from(end)),
            },
            Some(end) => Write::update(&key, "SET expires_at = :end").value(":end", EpochSeconds::from(end)),
        };
        let update = update.only_if("built_at = :built_at").value(":built_at", rfc_3339(seen.built_at));
        self.table.write_contended(update).await
    }
}

/// Who is in the summary, for a later purge: for as long as a memory may tell of the day.
fn note_people(guild: GuildId, day: Day, summary: &DaySummary, end: Option<Timestamp>) -> Option<Write> {
    let key = Key::day_people(guild, day);
    let note = match end {
        None => Write::update(&key, "ADD people :people"),
        Some(end) => Write::update(&key, "ADD people :people SET expires_at = :end")
            .value(":end", EpochSeconds::after(end, MEMORY_LIFE)),
    };
    let people = summary.texts.keys().map(ToString::to_string);
    (!summary.texts.is_empty()).then(|| note.value(":people", text_set(people)))
}

impl MemoryTable {
    /// Deletes the parts that nobody refers to any more: earlier generations, and what dead builders left. Whoever has the
    /// lease by now is safe: the name of a later attempt's generation sorts after this one's.
    async fn delete_orphans(&self, fence: &Fence<'_>) {
        let (guild, date) = (fence.guild, fence.day);
        let committed = fence.generation();
        if let Err(error) = self.delete_parts(guild, date, |generation| generation < committed.as_str()).await {
            tracing::warn!(event = "parts_left", %guild, %date, "{error}");
        }
    }
}
