//! Interactions that were seen.

use jiff::Timestamp;

use super::{
    attributes::number,
    keys::Key,
    table::{Write, condition_held},
    tables::MemoryTable,
    time::EpochSeconds,
};
use crate::{
    domain::InteractionId,
    ports::{ClaimInteractions, StoreError},
};

/// An item that has expired is as good as gone (DESIGN rule 3); one that this call has just written is no other's: the SDK
/// sends a write again whose answer was lost.
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now OR claim = :claim";

impl ClaimInteractions for MemoryTable {
    async fn claim(
        &self,
        interaction: InteractionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = Write::update(&Key::interaction(interaction), "SET expires_at = :expiry, claim = :claim")
            .only_if(IS_NEW)
            .value(":now", EpochSeconds::from(now))
            .value(":expiry", EpochSeconds::from(expires_at))
            .value(":claim", number(fastrand::u64(..)));
        condition_held(self.table.write(write).await)
    }
}
