//! What the managers of a guild decided for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{encode, number},
        keys::Key,
        table::{Items, Write, take},
        tables::MemoryTable,
    },
    domain::{ChannelId, Consent, GuildId, GuildSettings, RoleId, Teachers, Viewers},
    ports::{ReadSettings, StoreError, WriteSettings},
};

impl ReadSettings for MemoryTable {
    async fn settings(&self, guild: GuildId) -> Result<GuildSettings, StoreError> {
        let item: Option<SettingsItem> = self.table.read(&Key::settings(guild)).await?;
        Ok(item.map(GuildSettings::from).unwrap_or_default())
    }
}

impl WriteSettings for MemoryTable {
    async fn replace_settings(&self, guild: GuildId, settings: &GuildSettings) -> Result<(), StoreError> {
        let put = Write::put(encode(&Key::settings(guild), SettingsItem::next(settings))?);
        let put = match settings.revision {
            0 => put.only_if("attribute_not_exists(revision)"),
            seen => put.only_if("revision = :seen").value(":seen", number(seen)),
        };
        self.table.write(put).await
    }
}

/// Of whom anything is kept, by the item that was read with people, if there is one.
pub(in crate::adapters::dynamodb) fn consent(items: &mut Items, guild: GuildId) -> Result<Consent, StoreError> {
    let item: Option<SettingsItem> = take(items, &Key::settings(guild))?;
    Ok(item.map(|item| item.consent).unwrap_or_default())
}

/// What the managers of a guild decided.
#[derive(Serialize, Deserialize)]
struct SettingsItem {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    channels: BTreeSet<ChannelId>,
    teachers: Teachers,
    viewers: Viewers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retention_days: Option<u16>,
    /// The role of the audience; none: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience_role: Option<RoleId>,
    /// Left out in items from before it could be decided: everyone.
    #[serde(default)]
    consent: Consent,
    revision: u64,
}

impl SettingsItem {
    /// The item that follows the one the settings were read from.
    fn next(settings: &GuildSettings) -> Self {
        let GuildSettings { channels, teachers, viewers, retention_days, audience, consent, revision } =
            settings.clone();
        let audience_role = audience.role();
        Self { channels, teachers, viewers, retention_days, audience_role, consent, revision: revision + 1 }
    }
}

impl From<SettingsItem> for GuildSettings {
    fn from(item: SettingsItem) -> Self {
        let SettingsItem { channels, teachers, viewers, retention_days, audience_role, consent, revision } = item;
        Self { channels, teachers, viewers, retention_days, audience: audience_role.into(), consent, revision }
    }
}
