//! What was spent on models that have a budget. An item a period, so that nothing has to be reset:
//!
//! ```text
//! caller A   add 1 request to the minute, if there is room ── add 1 to the day, if there is room ── call the model
//! caller B   add 1 request to the minute, if there is room ── the day has none: take the 1 back from the minute
//! ```
//!
//! Updates of single items do not get in each other's way, as transactions would.

use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::AttributeValue};

use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    keys::Key,
    table::{contention::despite_others, errors::store_error},
};
use crate::{
    domain::Allowance,
    ports::{SpendBudget, Spending, StoreError},
};

/// How long an item stays after its period, in seconds.
const AFTERLIFE: i64 = 3_600;

impl SpendBudget for MemoryTable {
    async fn spend(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError> {
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        for (index, allowance) in allowances.iter().enumerate() {
            match self.add(model, allowance, 1, tokens, true).await {
                Ok(()) => {}
                Err(StoreError::Conflict) => {
                    for counted in &allowances[..index] {
                        self.add(model, counted, -1, -tokens, false).await?;
                    }
                    return Ok(Spending::Refused { until: allowance.until });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Spending::Counted)
    }

    async fn correct(&self, model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError> {
        for allowance in allowances {
            self.add(model, allowance, 0, tokens, false).await?;
        }
        Ok(())
    }
}

impl SpendBudget for MessagesTable {
    async fn spend(&self, model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError> {
        self.memory.spend(model, allowances, tokens).await
    }

    async fn correct(&self, model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError> {
        self.memory.correct(model, allowances, tokens).await
    }
}

impl MemoryTable {
    async fn add(
        &self,
        model: &str,
        allowance: &Allowance,
        requests: i64,
        tokens: i64,
        if_there_is_room: bool,
    ) -> Result<(), StoreError> {
        despite_others(|| async {
            let update = self
                .update(&Key::spent(model, &allowance.period))
                .update_expression("ADD #requests :requests, #tokens :tokens SET expires_at = :expiry")
                .expression_attribute_names("#requests", "requests")
                .expression_attribute_names("#tokens", "tokens")
                .expression_attribute_values(":requests", number(requests))
                .expression_attribute_values(":tokens", number(tokens))
                .expression_attribute_values(":expiry", number(allowance.until.as_second() + AFTERLIFE));
            let update = if if_there_is_room { within(update, allowance, tokens) } else { update };
            update.send().await.map(drop).map_err(store_error)
        })
        .await
    }
}

/// The first request of a period has room whatever it takes: or one that is larger than the limit would wait for ever.
fn within(update: UpdateItemFluentBuilder, allowance: &Allowance, tokens: i64) -> UpdateItemFluentBuilder {
    let limit = |limit: Option<u64>| limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    update
        .condition_expression(
            "attribute_not_exists(#requests) OR #requests = :none \
             OR (#requests < :most_requests AND #tokens <= :most_tokens)",
        )
        .expression_attribute_values(":none", number(0))
        .expression_attribute_values(":most_requests", number(limit(allowance.requests)))
        .expression_attribute_values(":most_tokens", number(limit(allowance.tokens).saturating_sub(tokens)))
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
