//! Who is asked for: an item a person, so that callers at once do not meet, in one partition a guild.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode, key_of},
        keys::{self, Key},
        table::{Query, Write},
        tables::MemoryTable,
        time::EpochSeconds,
    },
    domain::{GuildId, LONGEST_KEPT_WARM, UserId},
    ports::{NoteAskedFor, ReadAskedFor, StoreError},
};

/// Writes under way at the same time.
const CONCURRENT_WRITES: usize = 16;

impl NoteAskedFor for MemoryTable {
    async fn note_asked_for(&self, guild: GuildId, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        let expires_at = EpochSeconds::after(at, LONGEST_KEPT_WARM);
        let item = |user: &UserId| encode(&Key::asked_for(guild, *user), AskedForItem { asked_at: at, expires_at });
        let items: Vec<_> = users.iter().map(item).collect::<Result<_, _>>()?;
        let writes: Vec<_> = items.into_iter().map(|item| self.table.write(Write::put(item))).collect();
        stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect().await
    }
}

impl ReadAskedFor for MemoryTable {
    async fn asked_for(&self, guild: GuildId) -> Result<BTreeMap<UserId, Timestamp>, StoreError> {
        let query = Query::of(keys::asked_for_partition(guild));
        let noted = self.table.query(query, |item| {
            let key = key_of(&item)?;
            let item: Option<AskedForItem> = decode_rebuildable(&key, item);
            Ok(key.asked_for_user().zip(item.map(|item| item.asked_at)))
        });
        Ok(noted.await?.into_iter().flatten().collect())
    }
}

/// When a person was last noted to be asked for.
#[derive(Serialize, Deserialize)]
struct AskedForItem {
    asked_at: Timestamp,
    expires_at: EpochSeconds,
}
