//! Who left: one partition for the deployment, so that one query finds everybody whose time is over. And the list of those
//! of a guild of whom something is kept, which they leave when they are erased.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{decode_rebuildable, encode, key_of},
    keys::{self, Key},
    table::{Query, Write, condition_held},
    tables::MemoryTable,
    time::rfc_3339,
};
use crate::{
    domain::{GuildId, Left, UserId},
    ports::{ListPeople, NoteLeft, ReadLeft, StoreError},
};

impl ListPeople for MemoryTable {
    async fn listed_people(&self, guild: GuildId) -> Result<BTreeMap<UserId, Option<Timestamp>>, StoreError> {
        let listed = self.table.query(Query::of(keys::people_partition(guild)), |item| {
            let key = key_of(&item)?;
            let item: Option<ListedItem> = decode_rebuildable(&key, item);
            Ok(key.listed_user().map(|user| (user, item.and_then(|item| item.asked_at))))
        });
        Ok(listed.await?.into_iter().flatten().collect())
    }

    async fn note_member_asked(&self, guild: GuildId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        let update = Write::update(&Key::listed(guild, user), "SET asked_at = :at").value(":at", rfc_3339(at));
        let update = update.only_if("attribute_exists(pk)");
        condition_held(self.table.write_contended(update).await).map(drop)
    }
}

impl NoteLeft for MemoryTable {
    async fn note_left(&self, who: Left, at: Timestamp) -> Result<bool, StoreError> {
        let item = encode(&Key::left(who), LeftItem { left_at: at })?;
        // One that this call has just written is new: the SDK sends a write again whose answer was lost.
        let put = Write::put(item).only_if("attribute_not_exists(pk) OR left_at = :at").value(":at", rfc_3339(at));
        condition_held(self.table.write(put).await)
    }

    async fn note_back(&self, who: Left) -> Result<bool, StoreError> {
        condition_held(self.table.write(Write::delete(&Key::left(who)).only_if("attribute_exists(pk)")).await)
    }

    async fn left_at(&self, who: Left) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.table.read::<LeftItem>(&Key::left(who)).await?.map(|item| item.left_at))
    }
}

impl ReadLeft for MemoryTable {
    async fn all_left(&self) -> Result<BTreeMap<Left, Timestamp>, StoreError> {
        let left = self.table.query(Query::of(keys::LEFT_PARTITION.to_owned()), |item| {
            let key = key_of(&item)?;
            let item: Option<LeftItem> = decode_rebuildable(&key, item);
            Ok(key.who_left().zip(item.map(|item| item.left_at)))
        });
        Ok(left.await?.into_iter().flatten().collect())
    }
}

/// Somebody of whom something is kept.
#[derive(Deserialize)]
struct ListedItem {
    #[serde(default)]
    asked_at: Option<Timestamp>,
}

/// Somebody who left.
#[derive(Serialize, Deserialize)]
struct LeftItem {
    left_at: Timestamp,
}

/// Has the person in the list of those of whom something is kept.
pub(super) fn list(guild: GuildId, user: UserId) -> Write {
    Write::update(&Key::listed(guild, user), "SET listed = :listed").value(":listed", super::attributes::flag(true))
}

/// Takes them out of it.
pub(super) fn unlist(guild: GuildId, user: UserId) -> Write {
    Write::delete(&Key::listed(guild, user))
}
