//! Models that are to be left alone for a while.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        keys::Key,
        table::{Write, condition_held, take},
        tables::MemoryTable,
        time::{EpochMillis, EpochSeconds},
    },
    ports::{CoolModels, StoreError},
};

/// How long an item stays after its end: the TTL knows no milliseconds.
const AFTERLIFE: SignedDuration = SignedDuration::from_secs(1);

impl CoolModels for MemoryTable {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let keys: Vec<Key> = models.iter().map(|model| Key::cooldown(model)).collect();
        let mut items = self.table.get_all(&keys).await?;
        let mut ends = BTreeMap::new();
        for (model, key) in models.iter().zip(keys) {
            if let Some(item) = take::<CooldownItem>(&mut items, &key)? {
                ends.insert(model.clone(), item.until_ms.into());
            }
        }
        Ok(ends)
    }

    async fn cool_down(&self, model: &str, until: Timestamp) -> Result<(), StoreError> {
        let write = Write::update(&Key::cooldown(model), "SET until_ms = :until, expires_at = :expiry")
            .only_if("attribute_not_exists(until_ms) OR until_ms < :until")
            .value(":until", EpochMillis::from(until))
            .value(":expiry", EpochSeconds::after(until, AFTERLIFE));
        // Where it did not hold, the model cools down for longer already.
        condition_held(self.table.write(write).await).map(drop)
    }
}

/// Until when a model is left alone.
#[derive(Deserialize)]
struct CooldownItem {
    until_ms: EpochMillis,
}
