//! What only one of several is to do: whoever writes the item first.

use jiff::Timestamp;

use super::{
    attributes::number,
    keys::Key,
    table::{Write, condition_held},
    tables::MemoryTable,
    time::EpochSeconds,
};
use crate::{
    domain::{GuildId, InteractionId},
    ports::{ClaimHandOvers, ClaimInteractions, StoreError},
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
        self.claim_item(&Key::interaction(interaction), now, expires_at).await
    }
}

impl ClaimHandOvers for MemoryTable {
    async fn claim_hand_over(
        &self,
        guild: GuildId,
        people: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.claim_item(&Key::hand_over(guild, people), now, expires_at).await
    }
}

impl MemoryTable {
    async fn claim_item(&self, key: &Key, now: Timestamp, expires_at: Timestamp) -> Result<bool, StoreError> {
        let write = Write::update(key, "SET expires_at = :expiry, claim = :claim")
            .only_if(IS_NEW)
            .value(":now", EpochSeconds::from(now))
            .value(":expiry", EpochSeconds::from(expires_at))
            .value(":claim", number(fastrand::u64(..)));
        condition_held(self.table.write(write).await)
    }
}
