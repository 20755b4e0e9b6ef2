//! How often somebody asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{decode_rebuildable, encode, map},
    keys::Key,
    table::Write,
    tables::MemoryTable,
    time::{EpochMillis, EpochSeconds},
};
use crate::{
    domain::{Asked, GuildId, UserId},
    ports::{LimitAnswers, StoreError},
};

impl LimitAnswers for MemoryTable {
    async fn asked(&self, guild: GuildId, user: UserId) -> Result<Asked, StoreError> {
        let key = Key::asked(guild, user);
        let item = self.table.get(&key).await?;
        let item: Option<AskedItem> = item.and_then(|item| decode_rebuildable(&key, item));
        Ok(item.map(Asked::from).unwrap_or_default())
    }

    async fn note_asked(&self, guild: GuildId, user: UserId, seen: &Asked, now: &Asked) -> Result<(), StoreError> {
        let key = Key::asked(guild, user);
        let put = Write::put(encode(&key, AskedItem::from(now))?);
        let put = match seen.0.is_empty() {
            true => put.only_if("attribute_not_exists(asked)"),
            false => put.only_if("asked = :seen").value(":seen", map("ASKED", AskedItem::from(seen).asked)?),
        };
        self.table.replace::<AskedItem>(&key, put).await
    }
}

/// When a person was last given answers that may call a model.
#[derive(Serialize, Deserialize)]
struct AskedItem {
    /// The oldest first.
    asked: Vec<EpochMillis>,
    expires_at: EpochSeconds,
}

impl From<&Asked> for AskedItem {
    fn from(asked: &Asked) -> Self {
        let expires_at = asked.ends_at().unwrap_or(Timestamp::UNIX_EPOCH).into();
        Self { asked: asked.0.iter().map(|at| (*at).into()).collect(), expires_at }
    }
}

impl From<AskedItem> for Asked {
    fn from(item: AskedItem) -> Self {
        Self(item.asked.into_iter().map(Timestamp::from).collect())
    }
}
