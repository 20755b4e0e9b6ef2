//! The ledger of a guild-day, which changes with its messages; the lease on the day's summary is in the same item.

use serde::Deserialize;

use crate::{
    adapters::dynamodb::{attributes::number, keys::Key, leases::BuildStateItem, table::Write},
    domain::{BuildState, Ledger},
};

/// A ledger as an item.
#[derive(Deserialize)]
pub(crate) struct LedgerItem {
    version: u64,
    purged_version: u64,
    message_count: u64,
    #[serde(flatten)]
    build: BuildStateItem,
}

impl LedgerItem {
    /// The ledger in it.
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger { version: self.version, purged_version: self.purged_version, message_count: self.message_count }
    }

    /// Who is building the day's summary.
    pub(crate) fn build_state(&self) -> BuildState {
        self.build.build_state()
    }
}

/// Makes `next` of the ledger that was `seen`, if it still is that one; a lease on it stays.
pub(super) fn replace_ledger(key: &Key, seen: Option<Ledger>, next: Ledger) -> Write {
    const SET: &str = "SET version = :version, purged_version = :purged, message_count = :messages";
    let update = Write::update(key, SET)
        .value(":version", number(next.version))
        .value(":purged", number(next.purged_version))
        .value(":messages", number(next.message_count));
    match seen {
        None => update.only_if("attribute_not_exists(version)"),
        Some(seen) => update.only_if("version = :seen").value(":seen", number(seen.version)),
    }
}
