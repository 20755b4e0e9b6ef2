//! Models that are to be left alone for a while.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;

use crate::adapters::dynamodb::{
    MemoryTable, MessagesTable,
    attributes::decode,
    keys::Key,
    table::{batch_get::batch_get_all, errors::store_error},
};
use crate::ports::{CoolModels, StoreError};

impl CoolModels for MemoryTable {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let keys: Vec<Key> = models.iter().map(|model| Key::cooldown(model)).collect();
        let mut items = batch_get_all(&self.client, &self.table, &keys).await?;
        let mut ends = BTreeMap::new();
        for (model, key) in models.iter().zip(keys) {
            if let Some(item) = items.remove(&key) {
                ends.insert(model.clone(), decode::<CooldownItem>(&key, item)?.until());
            }
        }
        Ok(ends)
    }

    async fn cool_down(&self, model: &str, until: Timestamp) -> Result<(), StoreError> {
        let until_ms = AttributeValue::N(until.as_millisecond().to_string());
        let update = self
            .update(&Key::cooldown(model))
            .update_expression("SET until_ms = :until, expires_at = :expiry")
            .condition_expression("attribute_not_exists(until_ms) OR until_ms < :until")
            .expression_attribute_values(":until", until_ms)
            .expression_attribute_values(":expiry", AttributeValue::N((until.as_second() + 1).to_string()));
        match update.send().await.map_err(store_error) {
            Err(StoreError::Conflict) => Ok(()), // it cools down for longer already
            result => result.map(drop),
        }
    }
}

impl CoolModels for MessagesTable {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        self.memory.cooldowns(models).await
    }

    async fn cool_down(&self, model: &str, until: Timestamp) -> Result<(), StoreError> {
        self.memory.cool_down(model, until).await
    }
}

/// Until when a model is left alone.
#[derive(Deserialize)]
pub(crate) struct CooldownItem {
    until_ms: i64,
}

impl CooldownItem {
    pub(crate) fn until(&self) -> Timestamp {
        Timestamp::from_millisecond(self.until_ms).unwrap_or(Timestamp::MIN)
    }
}
