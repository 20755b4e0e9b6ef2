//! Writes that meet others on the same item. DynamoDB refuses one of two that touch an item at the same moment, transactions
//! among them, and the SDK does not try those again.

use std::time::Duration;

use crate::ports::StoreError;

const MAX_ATTEMPTS: u32 = 14;
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Tries a write again for as long as it only meets others: about 3 seconds in all.
pub(super) async fn retry_on_contention<T, W>(write: impl Fn() -> W) -> Result<T, StoreError>
where
    W: Future<Output = Result<T, StoreError>>,
{
    for attempt in 0..MAX_ATTEMPTS {
        match write().await {
            Err(StoreError::Throttled) => {
                tokio::time::sleep(FIRST_WAIT.saturating_mul(1 << attempt).min(LONGEST_WAIT).mul_f64(fastrand::f64()))
                    .await;
            }
            decided => return decided,
        }
    }
    Err(StoreError::Throttled)
}
