//! What was deleted from the days of the window, and of others. Only ledgers are read: what a look costs does not depend on
//! how much was said.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::sync::Mutex;

use crate::{
    domain::{Day, GuildId},
    ports::{LedgerRecord, StoreError, WatchDays},
};

/// How long a caller whose time is over waits for a last look at what was deleted.
const LAST_LOOK_TIMEOUT: Duration = Duration::from_millis(250);

/// The ledgers of some days.
type Ledgers = BTreeMap<Day, Result<LedgerRecord, StoreError>>;

/// Looks at the ledgers of a request's days for all who merge at the same time: whoever asks gets what was read after it
/// asked, and all who ask while something is being read share the next read.
pub(super) struct SharedLooks<'a, S> {
    store: &'a S,
    guild: GuildId,
    days: Vec<Day>,
    /// How many reads were begun.
    begun: AtomicU64,
    /// The last read, and the how manieth it was.
    last: Mutex<(u64, Ledgers)>,
}

impl<'a, S: WatchDays> SharedLooks<'a, S> {
    pub(super) fn new(store: &'a S, guild: GuildId, days: Vec<Day>) -> Self {
        Self { store, guild, days, begun: AtomicU64::new(0), last: Mutex::new((0, BTreeMap::new())) }
    }

    /// Whether something was deleted since from one of the days that were `used` at those versions.
    ///
    /// # Errors
    /// Why it cannot be told: a ledger could not be read.
    pub(super) async fn is_purged(&self, used: &BTreeMap<Day, u64>) -> Result<bool, StoreError> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 <= before {
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            *last = (number, self.store.day_ledgers(self.guild, &self.days).await);
        }
        for (day, version) in used {
            match last.1.get(day) {
                Some(Ok(ledger)) if ledger.purged_version() > *version => return Ok(true),
                Some(Err(error)) => return Err(error.clone()),
                Some(Ok(_)) | None => {}
            }
        }
        Ok(false)
    }
}

/// The versions of the last deletions as they are now, for who has so much time `left`. Nobody knows of days that cannot be
/// read.
pub(super) async fn purged_by_now<S: WatchDays>(
    memory: &S,
    guild: GuildId,
    days: impl IntoIterator<Item = Day>,
    left: Duration,
) -> BTreeMap<Day, u64> {
    let days: Vec<Day> = days.into_iter().collect();
    let ledgers = tokio::time::timeout(LAST_LOOK_TIMEOUT.max(left), memory.day_ledgers(guild, &days)).await;
    let ledgers = ledgers.unwrap_or_default().into_iter();
    ledgers.filter_map(|(day, ledger)| Some((day, ledger.ok()?.purged_version()))).collect()
}
