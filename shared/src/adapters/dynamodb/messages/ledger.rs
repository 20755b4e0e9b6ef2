//! The ledger of a guild-day as an item.

use serde::Deserialize;

use crate::adapters::dynamodb::leases::MakingItem;
use crate::domain::{Ledger, Making};

#[derive(Deserialize)]
pub(crate) struct LedgerItem {
    version: u64,
    purged_version: u64,
    message_count: u64,
    #[serde(flatten)]
    making: MakingItem,
}

impl LedgerItem {
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger { version: self.version, purged_version: self.purged_version, message_count: self.message_count }
    }

    pub(crate) fn making(&self) -> Making {
        self.making.making()
    }
}
