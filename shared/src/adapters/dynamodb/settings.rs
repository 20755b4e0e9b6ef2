//! What the managers of a guild decided for it.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    MemoryTable, MessagesTable,
    batch_get::batch_get,
    errors::store_error,
    items::{SettingsItem, decode, encode},
    keys::Key,
};
use crate::{
    domain::{GuildId, GuildSettings},
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
