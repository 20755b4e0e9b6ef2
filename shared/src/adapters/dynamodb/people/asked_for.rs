//! Who is asked for: an item a person, so that callers at once do not meet, in one partition a guild.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::dynamodb::{
        attributes::{decode_rebuildable, encode, key_of},
        keys::{self, Key},
        table::{Check, Query, Write, condition_held},
        tables::MemoryTable,
        time::{EpochSeconds, rfc_3339},
    },
    domain::{GuildId, LONGEST_KEPT_WARM, UserId},
    ports::{NoteAskedFor, ReadAskedFor, StoreError},
};

/// Writes under way at the same time.
const CONCURRENT_WRITES: usize = 16;

impl NoteAskedFor for MemoryTable {
    async fn note_asked_for(
        &self,
        guild: GuildId,
        users: &[(UserId, Option<Timestamp>)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let expires_at = EpochSeconds::after(at, LONGEST_KEPT_WARM);
        let item = |user: UserId| encode(&Key::asked_for(guild, user), AskedForItem { asked_at: at, expires_at });
        let write = |(user, erased_at): &(UserId, Option<Timestamp>)| {
            let note = self.table.transaction().write(&self.table, Write::put(item(*user)?));
            Ok(note.check(&self.table, not_erased_since(&Key::person(guild, *user), *erased_at)).commit())
        };
        let writes: Vec<_> = users.iter().map(write).collect::<Result<_, StoreError>>()?;
        let mut writes = stream::iter(writes).buffer_unordered(CONCURRENT_WRITES);
        while let Some(written) = writes.next().await {
            condition_held(written)?;
        }
        Ok(())
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

/// That the person was erased last when it was read so: else there is nobody to keep warm, and no id to keep.
fn not_erased_since(person: &Key, erased_at: Option<Timestamp>) -> Check {
    match erased_at {
        None => Check::new(person, "attribute_not_exists(erased_at)", []),
        Some(at) => Check::new(person, "erased_at = :at", [(":at", rfc_3339(at))]),
    }
}

/// When a person was last noted to be asked for.
#[derive(Serialize, Deserialize)]
struct AskedForItem {
    asked_at: Timestamp,
    expires_at: EpochSeconds,
}
