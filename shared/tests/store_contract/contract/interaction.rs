//! Interactions are worked on once.

use jiff::SignedDuration;

use super::{
    fixtures::at,
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn an_interaction_is_claimed_once_until_its_claim_runs_out(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let (first, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T13:00:00Z"));
    let [one, other] = ["5", "6"].map(|id| id.parse().unwrap());
    assert_eq!(memory.claim(one, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end - SignedDuration::from_secs(1), end).await, Ok(false));
    assert_eq!(memory.claim(other, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end, at("2026-11-22T14:00:00Z")).await, Ok(true), "rule 3: expired, swept or not");
}
