//! What the managers of a guild decided for it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::{
    MemoryTable, MessagesTable,
    attributes::{decode, encode},
    keys::Key,
    table::{batch_get::batch_get, errors::store_error},
};
use crate::{
    domain::{ChannelId, GuildId, GuildSettings, Teachers, Viewers},
    ports::{ReadSettings, StoreError, WriteSettings},
};

impl ReadSettings for MemoryTable {
    async fn settings(&self, guild: GuildId) -> Result<GuildSettings, StoreError> {
        let key = Key::settings(guild);
        let mut items = batch_get(&self.client, &self.table, vec![key.clone()]).await?;
        let item = items.remove(&key).map(|item| decode::<SettingsItem>(&key, item)).transpose()?;
        Ok(item.map(GuildSettings::from).unwrap_or_default())
    }
}

impl ReadSettings for MessagesTable {
    async fn settings(&self, guild: GuildId) -> Result<GuildSettings, StoreError> {
        self.memory.settings(guild).await
    }
}

impl WriteSettings for MemoryTable {
    async fn replace_settings(&self, guild: GuildId, settings: &GuildSettings) -> Result<(), StoreError> {
        let key = Key::settings(guild);
        let put =
            self.client.put_item().table_name(&self.table).set_item(Some(encode(&key, SettingsItem::next(settings))?));
        let put = if settings.revision == 0 {
            put.condition_expression("attribute_not_exists(revision)")
        } else {
            put.condition_expression("revision = :seen")
                .expression_attribute_values(":seen", AttributeValue::N(settings.revision.to_string()))
        };
        put.send().await.map(drop).map_err(store_error)
    }
}

/// What the managers of a guild decided.
#[derive(Serialize, Deserialize)]
pub(crate) struct SettingsItem {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    channels: BTreeSet<ChannelId>,
    teachers: Teachers,
    viewers: Viewers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retention_days: Option<u16>,
    revision: u64,
}

impl SettingsItem {
    /// The item that follows the one the settings were read from.
    pub(crate) fn next(settings: &GuildSettings) -> Self {
        let GuildSettings { channels, teachers, viewers, retention_days, revision } = settings.clone();
        Self { channels, teachers, viewers, retention_days, revision: revision + 1 }
    }
}

impl From<SettingsItem> for GuildSettings {
    fn from(item: SettingsItem) -> Self {
        let SettingsItem { channels, teachers, viewers, retention_days, revision } = item;
        Self { channels, teachers, viewers, retention_days, revision }
    }
}
