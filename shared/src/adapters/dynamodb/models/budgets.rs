//! What was spent on models that have a budget. An item a period, so that nothing has to be reset:
//!
//! ```text
//! caller A   add 1 request to the minute, if there is room ── add 1 to the day, if there is room ── call the model
//! caller B   add 1 request to the minute, if there is room ── the day has none: take the 1 back from the minute
//! ```
//!
//! Updates of single items do not get in each other's way, as transactions would.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, number},
        keys::Key,
        table::{Write, condition_held},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::Allowance,
    ports::{ReadSpent, SpendBudget, Spending, StoreError},
};

/// How long an item stays after its period.
const AFTERLIFE: SignedDuration = SignedDuration::from_hours(1);
/// The first request of a period has room whatever it takes: or one that is larger than the limit would wait for ever.
const HAS_ROOM: &str = "attribute_not_exists(#requests) OR #requests = :none \
                        OR (#requests < :most_requests AND #tokens <= :most_tokens)";

impl SpendBudget for MemoryTable {
    async fn spend(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError> {
        for (index, allowance) in allowances.iter().enumerate() {
            let count = within(allowance, signed(tokens), add(model, allowance, 1, signed(tokens)));
            if !condition_held(self.table.write_contended(count).await)? {
                self.take_back(model, &allowances[..index], tokens).await?;
                return Ok(Spending::Refused { until: allowance.until });
            }
        }
        Ok(Spending::Counted)
    }

    async fn correct(&self, model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError> {
        for allowance in allowances {
            self.table.write_contended(add(model, allowance, 0, tokens)).await?;
        }
        Ok(())
    }

    async fn take_back(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<(), StoreError> {
        for allowance in allowances {
            self.table.write_contended(add(model, allowance, -1, -signed(tokens))).await?;
        }
        Ok(())
    }
}

impl ReadSpent for MemoryTable {
    async fn spent(&self, model: &str, allowance: &Allowance) -> Result<(u64, u64), StoreError> {
        let key = Key::usage(model, &allowance.period);
        let item: Option<UsageItem> = self.table.get(&key).await?.and_then(|item| decode_rebuildable(&key, item));
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(item.map(|item| (count(item.requests), count(item.tokens))).unwrap_or_default())
    }
}

/// What was counted in a period. What was corrected twice may be below nothing.
#[derive(Deserialize)]
struct UsageItem {
    requests: i64,
    tokens: i64,
}

fn add(model: &str, allowance: &Allowance, requests: i64, tokens: i64) -> Write {
    const ADD: &str = "ADD #requests :requests, #tokens :tokens SET expires_at = :expiry";
    Write::update(&Key::usage(model, &allowance.period), ADD)
        .name("#requests", "requests")
        .name("#tokens", "tokens")
        .value(":requests", number(requests))
        .value(":tokens", number(tokens))
        .value(":expiry", EpochSeconds::after(allowance.until, AFTERLIFE))
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

fn within(allowance: &Allowance, tokens: i64, count: Write) -> Write {
    let limit = |limit: Option<u64>| limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    count
        .only_if(HAS_ROOM)
        .value(":none", number(0))
        .value(":most_requests", number(limit(allowance.requests)))
        .value(":most_tokens", number(limit(allowance.tokens).saturating_sub(tokens)))
}
