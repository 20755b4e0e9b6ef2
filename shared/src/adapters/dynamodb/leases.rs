//! Leases on ledgers and on memories, by conditions:
//!
//! ```text
//! acquire   nobody's, or run out (and for a memory: not there yet, made of these inputs)  ──▶ set owner and end
//! renew     still mine                                                                    ──▶ set the end
//! release   still mine                                                                    ──▶ remove, note a failure
//! commit    still mine (and nothing was deleted meanwhile)                                ──▶ put and remove, in `days`, `memories`
//! ```
//!
//! A lease on a memory prolongs the life of its item, so that no TTL sweep takes the lease along. The memory in it still ends
//! when it would have: by `built_at`.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::AttributeValue};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    MemoryTable, MessagesTable,
    keys::Key,
    table::{contention::despite_others, errors::store_error},
};
use crate::{
    domain::{AttemptId, FailedAttempt, GuildId, Lease, MEMORY_LIFE, Making},
    ports::{HoldLeases, LeaseOn, StoreError},
};

/// Mine counts as free: the SDK tries again when an answer was lost, and meets what it wrote itself.
const IS_FREE: &str = "(attribute_not_exists(lease_owner) OR lease_until <= :now OR lease_owner = :owner)";
const IS_MINE: &str = "lease_owner = :owner";

impl HoldLeases for MemoryTable {
    async fn acquire(&self, guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        let acquired = despite_others(|| async {
            let update = self.lease_update(guild, on, lease).expression_attribute_values(":now", millisecond(now));
            let update = match on {
                LeaseOn::Day(_) => update
                    .update_expression("SET lease_owner = :owner, lease_until = :until")
                    .condition_expression(format!("attribute_exists(version) AND {IS_FREE}")),
                LeaseOn::Memory(_, input_hash) => update
                    .update_expression("SET lease_owner = :owner, lease_until = :until, lease_input = :input, expires_at = :expiry")
                    .condition_expression(format!(
                        "{IS_FREE} AND (attribute_not_exists(input_hash) OR input_hash <> :input OR built_at <= :oldest)"
                    ))
                    .expression_attribute_values(":input", AttributeValue::S(input_hash.clone()))
                    .expression_attribute_values(":oldest", AttributeValue::S((now - MEMORY_LIFE).to_string()))
                    .expression_attribute_values(":expiry", second(now + MEMORY_LIFE)),
            };
            update.send().await.map(drop).map_err(store_error)
        });
        match acquired.await {
            Err(StoreError::Conflict) => Ok(false),
            result => result.map(|()| true),
        }
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        despite_others(|| async {
            let update = self.lease_update(guild, on, lease).update_expression("SET lease_until = :until");
            update.condition_expression(IS_MINE).send().await.map(drop).map_err(store_error)
        })
        .await
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        attempt: &AttemptId,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        let failure = failure.map(failure_attribute).transpose()?;
        let released = despite_others(|| async {
            let update = self.update(&key(guild, on)).condition_expression(IS_MINE);
            let update = update.expression_attribute_values(":owner", owner(attempt));
            let update = match failure.clone() {
                None => update.update_expression("REMOVE lease_owner, lease_until, lease_input"),
                Some(failure) => update
                    .update_expression("SET last_failure = :failure REMOVE lease_owner, lease_until, lease_input")
                    .expression_attribute_values(":failure", failure),
            };
            update.send().await.map(drop).map_err(store_error)
        });
        match released.await {
            Err(StoreError::Conflict) => Ok(()), // it is another's by now
            result => result,
        }
    }
}

impl HoldLeases for MessagesTable {
    async fn acquire(&self, guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        self.memory.acquire(guild, on, lease, now).await
    }

    async fn renew(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError> {
        self.memory.renew(guild, on, lease).await
    }

    async fn release(
        &self,
        guild: GuildId,
        on: &LeaseOn,
        attempt: &AttemptId,
        failure: Option<&FailedAttempt>,
    ) -> Result<(), StoreError> {
        self.memory.release(guild, on, attempt, failure).await
    }
}

impl MemoryTable {
    pub(crate) fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).set_key(Some(key.attributes()))
    }

    fn lease_update(&self, guild: GuildId, on: &LeaseOn, lease: &Lease) -> UpdateItemFluentBuilder {
        let values = HashMap::from([
            (":owner".to_owned(), owner(&lease.owner)),
            (":until".to_owned(), millisecond(lease.until)),
        ]);
        self.update(&key(guild, on)).set_expression_attribute_values(Some(values))
    }
}

fn key(guild: GuildId, on: &LeaseOn) -> Key {
    match on {
        LeaseOn::Day(day) => Key::ledger(guild, *day),
        LeaseOn::Memory(user, _) => Key::memory(guild, *user),
    }
}

pub(crate) fn owner(attempt: &AttemptId) -> AttributeValue {
    AttributeValue::S(attempt.as_str().to_owned())
}

fn millisecond(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}

fn second(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_second().to_string())
}

/// The lease on an item, and the last attempt that failed.
#[derive(Default, Deserialize)]
pub(crate) struct MakingItem {
    lease_owner: Option<AttemptId>,
    lease_until: Option<i64>,
    last_failure: Option<FailedAttempt>,
}

impl MakingItem {
    pub(crate) fn making(&self) -> Making {
        let end = self.lease_until.map(|ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MIN));
        let lease = self.lease_owner.clone().zip(end).map(|(owner, until)| Lease { owner, until });
        Making { lease, last_failure: self.last_failure.clone() }
    }
}

/// A failure as an attribute.
pub(crate) fn failure_attribute(failure: &FailedAttempt) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(failure).map_err(|_| StoreError::Corrupt { item: "failure".to_owned() })
}
