//! What was deleted from the days of the window, and of others.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    domain::{Day, DayRecord, GuildId},
    ports::{ReadWindow, StoreError},
};

/// How long a caller who is about to be answered waits for a last look at what was deleted.
const LAST_LOOK_TIMEOUT: Duration = Duration::from_millis(250);

/// The version of the last deletion from each day that could be read.
pub(super) fn purged_versions(records: &BTreeMap<Day, Result<DayRecord, StoreError>>) -> BTreeMap<Day, u64> {
    records.iter().filter_map(|(day, record)| Some((*day, record.as_ref().ok()?.purged_version()))).collect()
}

/// These versions as they are now. Nobody knows of days that cannot be read in a moment.
pub(super) async fn purged_by_now<S: ReadWindow>(
    memory: &S,
    guild: GuildId,
    days: impl IntoIterator<Item = Day>,
) -> BTreeMap<Day, u64> {
    let days: Vec<Day> = days.into_iter().collect();
    let window = tokio::time::timeout(LAST_LOOK_TIMEOUT, memory.read_window(guild, &days, &[])).await;
    window.map(|window| purged_versions(&window.days)).unwrap_or_default()
}
