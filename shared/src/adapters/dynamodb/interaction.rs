//! Interactions that were seen, and how often somebody asked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{decode_rebuildable, encode, map, number},
    keys::Key,
    table::{Write, condition_held},
    tables::MemoryTable,
    time::{EpochMillis, EpochSeconds},
};
use crate::{
    domain::{Asked, GuildId, InteractionId, UserId},
    ports::{ClaimInteractions, LimitAnswers, StoreError},
};

/// An item that has expired is as good as gone (DESIGN rule 3); one that this call has just written is no other's: the SDK
/// sends a write again whose answer was lost.
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now OR claim = :claim";

impl ClaimInteractions for MemoryTable {
    async fn claim(
        &self,
        interaction: InteractionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = Write::update(&Key::interaction(interaction), "SET expires_at = :expiry, claim = :claim")
            .only_if(IS_NEW)
            .value(":now", EpochSeconds::from(now))
            .value(":expiry", EpochSeconds::from(expires_at))
            .value(":claim", number(fastrand::u64(..)));
        condition_held(self.table.write(write).await)
    }
}

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
