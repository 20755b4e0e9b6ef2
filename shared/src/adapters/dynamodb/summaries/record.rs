//! The record of a guild-day: its ledger, and its summary with all its texts.

use std::sync::Arc;

use super::summary::SummaryItem;
use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, unreadable},
        keys::Key,
        messages::ledger::LedgerItem,
        table::{Items, take},
        tables::MemoryTable,
    },
    domain::{Day, DayRecord, DaySummary, GuildId},
    ports::{ReadDay, StoreError, TextsOf},
};

/// How often a summary is read again because its parts were replaced meanwhile.
const MAX_ATTEMPTS: u32 = 3;

impl ReadDay for MemoryTable {
    async fn read_day(&self, guild: GuildId, day: Day, of: TextsOf<'_>) -> Result<DayRecord, StoreError> {
        let keys = [Key::ledger(guild, day), Key::summary(guild, day)];
        let mut items = self.table.batch_get(&keys).await?;
        self.day_record(guild, day, of, &mut items).await
    }
}

impl MemoryTable {
    /// The record of a day whose ledger and summary were read into `items`.
    pub(crate) async fn day_record(
        &self,
        guild: GuildId,
        day: Day,
        of: TextsOf<'_>,
        items: &mut Items,
    ) -> Result<DayRecord, StoreError> {
        let ledger: Option<LedgerItem> = take(items, &Key::ledger(guild, day))?;
        let key = Key::summary(guild, day);
        let summary = match items.remove(&key).and_then(|item| decode_rebuildable::<SummaryItem>(&key, item)) {
            Some(summary) if summary.is_for_keeps() => {
                let summary = Arc::new(summary);
                if let Some(kept) = &self.kept {
                    kept.put(key, summary.clone());
                }
                Some(summary.summary_of(of))
            }
            Some(summary) => self.with_parts(guild, day, of, summary).await?,
            None => None,
        };
        Ok(record(ledger, summary))
    }

    /// The summary with all its texts, wherever they are; a later one if it was replaced meanwhile. One whose parts are gone,
    /// or cannot be read, is gone too: it is built again.
    async fn with_parts(
        &self,
        guild: GuildId,
        day: Day,
        of: TextsOf<'_>,
        mut summary: SummaryItem,
    ) -> Result<Option<DaySummary>, StoreError> {
        let key = Key::summary(guild, day);
        for _ in 0..MAX_ATTEMPTS {
            let Some(parts) = &summary.parts else { return Ok(Some(summary.summary_of(of))) };
            if let Some(texts) = self.texts_of(guild, day, parts, of).await? {
                summary.texts = texts;
                return Ok(Some(summary.summary_of(of)));
            }
            match self.table.get(&key).await?.and_then(|item| decode_rebuildable(&key, item)) {
                Some(item) => summary = item,
                None => return Ok(None),
            }
        }
        unreadable(&key);
        Ok(None)
    }
}

/// The record of a day with that ledger and that summary.
pub(crate) fn record(ledger: Option<LedgerItem>, summary: Option<DaySummary>) -> DayRecord {
    let build = ledger.as_ref().map(LedgerItem::build_state).unwrap_or_default();
    DayRecord { ledger: ledger.map(|item| item.ledger()), summary, build }
}
