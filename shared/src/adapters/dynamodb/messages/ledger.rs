//! The ledger of a guild-day, which changes with its messages; the lease on the day's summary is in the same item.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode, key_of, number, text},
        build_state::BuildStateItem,
        keys::{self, Key},
        table::{Query, Write},
        tables::MemoryTable,
    },
    domain::{Authors, BuildState, Day, GuildId, Ledger},
    ports::{DayChange, LedgerRecord, ReadLedgers, StoreError, WatchDays},
};

impl ReadLedgers for MemoryTable {
    async fn ledgers_of_guild(&self, guild: GuildId) -> Result<BTreeMap<Day, Ledger>, StoreError> {
        let days = Query::of(keys::days_partition(guild))
            .only("pk, sk, v, version, purged_version, message_count, fingerprint, purge_done, authors");
        let ledgers = self.table.query(days, decode_ledger).await?;
        Ok(ledgers.into_iter().flatten().collect())
    }
}

/// One request for all of them, whatever the days' summaries weigh.
impl WatchDays for MemoryTable {
    async fn day_ledgers(&self, guild: GuildId, days: &[Day]) -> BTreeMap<Day, Result<LedgerRecord, StoreError>> {
        let keys: Vec<Key> = days.iter().map(|day| Key::ledger(guild, *day)).collect();
        let read = self.table.get_all(&keys).await;
        let record = |(day, key): (&Day, &Key)| {
            let item = read.as_ref().map_err(StoreError::clone).map(|items| items.get(key).cloned());
            let ledger = item.and_then(|item| item.map(|item| decode::<LedgerItem>(key, item)).transpose());
            (*day, ledger.map(|ledger| ledger.map(|item| item.record()).unwrap_or_default()))
        };
        days.iter().zip(&keys).map(record).collect()
    }
}

/// Summaries are in the same partition.
fn decode_ledger(item: Attributes) -> Result<Option<(Day, Ledger)>, StoreError> {
    let key = key_of(&item)?;
    let Some(day) = key.ledger_day() else { return Ok(None) };
    Ok(Some((day, decode::<LedgerItem>(&key, item)?.ledger())))
}

/// A ledger as an item.
#[derive(Deserialize)]
pub(crate) struct LedgerItem {
    version: u64,
    purged_version: u64,
    message_count: u64,
    #[serde(default)]
    read_version: u64,
    #[serde(default)]
    fingerprint: Option<u64>,
    #[serde(default)]
    purge_done: u64,
    #[serde(default)]
    authors: Option<String>,
    #[serde(default)]
    erasures: u64,
    #[serde(default)]
    committed: Option<String>,
    #[serde(flatten)]
    build: BuildStateItem,
}

impl LedgerItem {
    /// The ledger in it.
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger {
            version: self.version,
            purged_version: self.purged_version,
            message_count: self.message_count,
            fingerprint: self.fingerprint,
            purge_done: self.purge_done,
            authors: self.authors.as_deref().and_then(Authors::from_hex),
        }
    }

    /// Up to which version somebody has read the day's messages.
    pub(super) fn read_version(&self) -> u64 {
        self.read_version
    }

    /// How often somebody was erased from the day.
    pub(super) fn erasures(&self) -> u64 {
        self.erasures
    }

    /// Whose summary was committed last.
    pub(crate) fn committed(&self) -> Option<&str> {
        self.committed.as_deref()
    }

    /// Who is building the day's summary.
    pub(crate) fn build_state(&self) -> BuildState {
        self.build.build_state()
    }

    fn record(&self) -> LedgerRecord {
        LedgerRecord { ledger: Some(self.ledger()), build: self.build_state() }
    }
}

/// Makes `next` of the ledger that was seen, if it still is that one, and nobody began to read the day where that matters; a
/// lease on it stays.
pub(super) fn replace_ledger(key: &Key, change: &DayChange<'_>, next: Ledger) -> Write {
    let known = [
        ("fingerprint", next.fingerprint.map(number)),
        ("authors", next.authors.map(|authors| text(authors.to_hex()))),
    ];
    let mut set = "SET version = :version, purged_version = :purged, message_count = :messages".to_owned();
    let unknown: Vec<&str> = known.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    for (name, _) in known.iter().filter(|(_, value)| value.is_some()) {
        set.push_str(&format!(", {name} = :{name}"));
    }
    if !unknown.is_empty() {
        set.push_str(&format!(" REMOVE {}", unknown.join(", ")));
    }
    let values = known.into_iter().filter_map(|(name, value)| Some((format!(":{name}"), value?)));
    let update = values.fold(Write::update(key, &set), |update, (name, value)| update.value(&name, value));
    let update = update
        .value(":version", number(next.version))
        .value(":purged", number(next.purged_version))
        .value(":messages", number(next.message_count));
    let Some(seen) = change.seen else { return update.only_if("attribute_not_exists(version)") };
    let update = update.value(":seen", number(seen.version));
    let (is_same, update) = match change.erasures {
        0 => ("version = :seen AND attribute_not_exists(erasures)", update),
        erasures => ("version = :seen AND erasures = :erasures", update.value(":erasures", number(erasures))),
    };
    match change.read_version {
        None => update.only_if(is_same),
        Some(0) => update.only_if(format!("{is_same} AND attribute_not_exists(read_version)")),
        Some(read) => update.only_if(format!("{is_same} AND read_version = :read")).value(":read", number(read)),
    }
}
