//! The roles of a guild, as Discord last said them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode},
        keys::Key,
        table::Write,
        tables::MemoryTable,
        time::EpochMillis,
    },
    domain::{GuildId, KeptRoles, Permissions, RoleId, Roles, UserId},
    ports::{KeepRoles, ReadRoles, StoreError},
};

impl ReadRoles for MemoryTable {
    async fn kept_roles(&self, guild: GuildId) -> Result<Option<KeptRoles>, StoreError> {
        let key = Key::roles(guild);
        let item = self.table.get(&key).await?;
        Ok(item.and_then(|item| decode_rebuildable(&key, item)).map(RolesItem::into_roles))
    }
}

impl KeepRoles for MemoryTable {
    async fn keep_roles(&self, guild: GuildId, roles: &KeptRoles) -> Result<(), StoreError> {
        let item = RolesItem::from(roles);
        let read_at = item.read_at;
        let key = Key::roles(guild);
        let put = Write::put(encode(&key, item)?);
        let put = put.only_if("attribute_not_exists(read_at) OR read_at < :read_at").value(":read_at", read_at);
        match self.table.replace::<RolesItem>(&key, put).await {
            Err(StoreError::Conflict) => Ok(()), // later ones are kept
            written => written,
        }
    }
}

/// Who owns a guild, and what its roles permit.
#[derive(Serialize, Deserialize)]
struct RolesItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<UserId>,
    /// What everybody may do, as Discord writes it.
    everyone: String,
    /// Permissions as Discord writes them, by role.
    roles: BTreeMap<RoleId, String>,
    read_at: EpochMillis,
}

impl From<&KeptRoles> for RolesItem {
    fn from(kept: &KeptRoles) -> Self {
        let permissions = kept.roles.permissions.iter();
        Self {
            owner: kept.roles.owner,
            everyone: kept.roles.everyone.to_string(),
            roles: permissions.map(|(role, permitted)| (*role, permitted.to_string())).collect(),
            read_at: kept.read_at.into(),
        }
    }
}

impl RolesItem {
    /// A role whose permissions cannot be read permits nothing.
    fn into_roles(self) -> KeptRoles {
        let permitted = |text: String| Permissions::read(&text).unwrap_or(Permissions::NONE);
        let permissions = self.roles.into_iter().map(|(role, text)| (role, permitted(text))).collect();
        let roles = Roles { owner: self.owner, everyone: permitted(self.everyone), permissions };
        KeptRoles { roles, read_at: self.read_at.into() }
    }
}
