//! Who hands over work that was not ready in time.

use std::future::Future;

use jiff::Timestamp;

use super::StoreError;
use crate::domain::GuildId;

/// Remembers what was handed over of late, so that callers at once hand over the same people once (DESIGN rule 11).
pub trait ClaimHandOvers: Send + Sync {
    /// Whether nobody has handed over `people` (named by a hash) until `now`; from then on somebody has, until `expires_at`.
    fn claim_hand_over(
        &self,
        guild: GuildId,
        people: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
