//! Models that are to be left alone for a while.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, text},
        keys::Key,
        table::{Write, condition_held},
        tables::MemoryTable,
        time::{EpochMillis, EpochSeconds},
    },
    domain::Cooldown,
    ports::{CoolModels, ManageCooldowns, StoreError},
};

/// How long an item stays after its end: the TTL knows no milliseconds.
const AFTERLIFE: SignedDuration = SignedDuration::from_secs(1);

impl CoolModels for MemoryTable {
    async fn cooldowns(&self, models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let cooldowns = self.cooldowns_with_reasons(models).await?;
        Ok(cooldowns.into_iter().map(|(model, cooldown)| (model, cooldown.until)).collect())
    }

    async fn cool_down(&self, model: &str, cooldown: &Cooldown) -> Result<(), StoreError> {
        let write = Write::update(&Key::cooldown(model), "SET until_ms = :until, why = :why, expires_at = :expiry")
            .only_if("attribute_not_exists(until_ms) OR NOT attribute_type(until_ms, :a_number) OR until_ms < :until")
            .value(":a_number", text("N"))
            .value(":until", EpochMillis::from(cooldown.until))
            .value(":why", text(&cooldown.why))
            .value(":expiry", EpochSeconds::after(cooldown.until, AFTERLIFE));
        // Where it did not hold, the model cools down for longer already.
        condition_held(self.table.write(write).await).map(drop)
    }
}

impl ManageCooldowns for MemoryTable {
    async fn cooldowns_with_reasons(&self, models: &[String]) -> Result<BTreeMap<String, Cooldown>, StoreError> {
        // A chain may name a model twice, with other options; DynamoDB takes no key twice.
        let models: BTreeSet<&String> = models.iter().collect();
        let keys: Vec<Key> = models.iter().map(|model| Key::cooldown(model)).collect();
        let mut items = self.table.get_all(&keys).await?;
        let cooldown = |(model, key): (&String, Key)| {
            let item: CooldownItem = items.remove(&key).and_then(|item| decode_rebuildable(&key, item))?;
            Some((model.clone(), Cooldown { until: item.until_ms.into(), why: item.why }))
        };
        Ok(models.into_iter().zip(keys).filter_map(cooldown).collect())
    }

    async fn end_cooldown(&self, model: &str) -> Result<(), StoreError> {
        self.table.write(Write::delete(&Key::cooldown(model))).await
    }
}

/// Until when a model is left alone.
#[derive(Deserialize)]
struct CooldownItem {
    until_ms: EpochMillis,
    #[serde(default)]
    why: String,
}
