//! What was handed over of late.

use jiff::Timestamp;

use crate::{
    adapters::dynamodb::{
        attributes::number,
        keys::Key,
        table::{Write, condition_held},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::GuildId,
    ports::{ClaimHandOvers, StoreError},
};

/// As an interaction is claimed: an item that has expired is as good as gone, and one that this call has just written is no
/// other's.
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now OR claim = :claim";

impl ClaimHandOvers for MemoryTable {
    async fn claim_hand_over(
        &self,
        guild: GuildId,
        people: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = Write::update(&Key::hand_over(guild, people), "SET expires_at = :expiry, claim = :claim")
            .only_if(IS_NEW)
            .value(":now", EpochSeconds::from(now))
            .value(":expiry", EpochSeconds::from(expires_at))
            .value(":claim", number(fastrand::u64(..)));
        condition_held(self.table.write(write).await)
    }
}
