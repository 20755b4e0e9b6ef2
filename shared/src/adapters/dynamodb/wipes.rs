//! Ends all that is kept of a guild. Everything is found by its key, so that nothing that cannot be read stays.
//!
//! ```text
//! people     WIPED ──▶ PERSON, MEMORY of everybody ──▶ a day: LEDGER empty, mark m ──▶ its messages ──▶ its summary, parts,
//!                                                            chunks ──▶ LEDGER, if it is still m ──▶ … ──▶ names, cursors
//! ingest     decided before WIPED: stored before the mark ──▶ deleted here, or refused │ after it: left out
//! a build    has the lease: it is gone, and its commit is refused
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{Attributes, decode_rebuildable, encode, flag, key_of, number},
    keys::{self, Key},
    leaving::unlist,
    table::{Query, Table, Write, condition_held},
    tables::{MemoryTable, MessagesTable},
    time::{EpochMillis, rfc_3339},
};
use crate::{
    domain::{Day, GuildId, UserId, Wipe},
    ports::{DropMessages, ErasePeople as _, KeepWipes, StoreError, WipeGuilds},
};

/// How often it is tried to delete a person who opts out or in again meanwhile.
const MAX_ATTEMPTS: u32 = 10;
const KEYS: &str = "pk, sk";

impl KeepWipes for MemoryTable {
    async fn note_wipe(&self, guild: GuildId, wipe: Wipe) -> Result<bool, StoreError> {
        let put = Write::put(noted(guild, wipe)?).only_if("attribute_not_exists(pk)");
        condition_held(self.table.write(put).await)
    }

    async fn replace_wipe(&self, guild: GuildId, wipe: Wipe) -> Result<(), StoreError> {
        self.table.write(Write::put(noted(guild, wipe)?)).await
    }

    async fn cancel_wipe(&self, guild: GuildId, now: Timestamp) -> Result<bool, StoreError> {
        let delete = Write::delete(&Key::wipe(guild)).only_if("begins_at > :now").value(":now", EpochMillis::from(now));
        condition_held(self.table.write(delete).await)
    }

    async fn wipe_is_done(&self, guild: GuildId) -> Result<(), StoreError> {
        self.table.write(Write::delete(&Key::wipe(guild))).await
    }

    async fn wipes(&self) -> Result<BTreeMap<GuildId, Wipe>, StoreError> {
        let wipes = self.table.query(Query::of(keys::WIPES_PARTITION.to_owned()), |item| {
            let key = key_of(&item)?;
            let item: Option<WipeItem> = decode_rebuildable(&key, item);
            Ok(key.wiped_guild().zip(item.map(Wipe::from)))
        });
        Ok(wipes.await?.into_iter().flatten().collect())
    }
}

fn noted(guild: GuildId, wipe: Wipe) -> Result<Attributes, StoreError> {
    encode(&Key::wipe(guild), WipeItem { begins_at: wipe.begins_at.into(), keeps_settings: wipe.keeps_settings })
}

impl WipeGuilds for MemoryTable {
    async fn fence_guild(&self, guild: GuildId, at: Timestamp) -> Result<(), StoreError> {
        let fence = Write::update(&Key::wiped(guild), "SET wiped_at = :at").value(":at", EpochMillis::from(at));
        let fence = fence.only_if("attribute_not_exists(wiped_at) OR wiped_at < :at");
        condition_held(self.table.write_contended(fence).await).map(drop)
    }

    async fn days_of_guild(&self, guild: GuildId) -> Result<BTreeSet<Day>, StoreError> {
        let keys = self.table.keys(keys::days_partition(guild)).await?;
        Ok(keys.iter().filter_map(Key::day).collect())
    }

    async fn everybody_in(&self, guild: GuildId, days: &BTreeSet<Day>) -> Result<BTreeSet<UserId>, StoreError> {
        let mut everybody: BTreeSet<UserId> = BTreeSet::new();
        let listed = self.table.keys(keys::people_partition(guild)).await?;
        everybody.extend(listed.iter().filter_map(Key::listed_user));
        let named = self.table.keys(keys::names_partition(guild)).await?;
        everybody.extend(named.iter().filter_map(Key::bearer));
        let asked_for = self.table.keys(keys::asked_for_partition(guild)).await?;
        everybody.extend(asked_for.iter().filter_map(Key::asked_for_user));
        let of_days: Vec<Key> = days.iter().map(|day| Key::day_people(guild, *day)).collect();
        let of_days = self.table.get_all(&of_days).await?;
        everybody.extend(of_days.into_values().flat_map(people_in));
        Ok(everybody)
    }

    async fn wipe_person(&self, guild: GuildId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            if self.delete_person(guild, user).await? || self.leave_opted_out(guild, user, at).await? {
                self.forget_names(guild, user).await?;
                self.forget_memory(guild, user).await?;
                return self.table.write_contended(unlist(guild, user)).await;
            }
        }
        Err(StoreError::Conflict)
    }

    async fn empty_day(&self, guild: GuildId, day: Day) -> Result<u64, StoreError> {
        let mark = u64::from(fastrand::u32(1..));
        let change = "SET message_count = :none, erasures = :mark \
                      REMOVE lease_owner, lease_until, last_failure, committed, fingerprint, authors, read_version";
        let update = Write::update(&Key::ledger(guild, day), change).only_if("attribute_exists(pk)");
        let update = update.value(":none", number(0_u64)).value(":mark", number(mark));
        condition_held(self.table.write_contended(update).await).map(|_| mark)
    }

    async fn drop_day(&self, guild: GuildId, day: Day, mark: u64) -> Result<bool, StoreError> {
        self.table.delete_all(self.table.keys(keys::day_partition(guild, day)).await?).await?;
        self.table.delete_all([Key::summary(guild, day)]).await?;
        const IS_EMPTY: &str = "erasures = :mark AND message_count = :none AND attribute_not_exists(lease_owner) \
                                AND attribute_not_exists(committed)";
        let delete = Write::delete(&Key::ledger(guild, day))
            .only_if(format!("attribute_not_exists(pk) OR ({IS_EMPTY})"))
            .values([(":mark", number(mark)), (":none", number(0_u64))]);
        condition_held(self.table.write_contended(delete).await)
    }

    async fn drop_guild(&self, guild: GuildId, keeps_settings: bool) -> Result<(), StoreError> {
        let stays = |key: &Key| *key == Key::wiped(guild) || (keeps_settings && *key == Key::settings(guild));
        let mut all = self.table.keys(keys::guild_partition(guild)).await?;
        all.retain(|key| !stays(key));
        all.extend(self.table.keys(keys::names_partition(guild)).await?);
        all.extend(self.table.keys(keys::asked_for_partition(guild)).await?);
        self.table.delete_all(all).await
    }
}

impl DropMessages for MessagesTable {
    async fn drop_messages(&self, guild: GuildId, day: Day) -> Result<usize, StoreError> {
        let all = self.messages.keys(keys::messages_partition(guild, day)).await?;
        let dropped = all.len();
        self.messages.delete_all(all).await?;
        Ok(dropped)
    }
}

impl MemoryTable {
    /// Nobody finds them by a name.
    async fn forget_names(&self, guild: GuildId, user: UserId) -> Result<(), StoreError> {
        let mut named = self.table.keys(keys::names_partition(guild)).await?;
        named.retain(|key| key.bearer() == Some(user));
        self.table.delete_all(named).await
    }

    /// Whether they are gone; of who opted out that is to be left.
    async fn delete_person(&self, guild: GuildId, user: UserId) -> Result<bool, StoreError> {
        let delete = Write::delete(&Key::person(guild, user))
            .only_if("attribute_not_exists(opted_out) OR opted_out <> :out")
            .value(":out", flag(true));
        condition_held(self.table.write_contended(delete).await)
    }

    /// Whether it is left that they opted out, and nothing else.
    async fn leave_opted_out(&self, guild: GuildId, user: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let change = "SET erased_at = :at, facts_revision = if_not_exists(facts_revision, :none) + :one \
                      REMOVE facts, taught_names, aliases, #names, #name, name_seen, nick, nick_seen, names_taken_back";
        let update = Write::update(&Key::person(guild, user), change).only_if("opted_out = :out");
        let update = update.name("#names", "names").name("#name", "name").value(":at", rfc_3339(at));
        let update = update.values([(":out", flag(true)), (":none", number(0_u64)), (":one", number(1_u64))]);
        condition_held(self.table.write_contended(update).await)
    }
}

impl Table {
    /// The keys of a partition.
    async fn keys(&self, partition: String) -> Result<Vec<Key>, StoreError> {
        self.query(Query::of(partition).only(KEYS), |item| key_of(&item)).await
    }
}

/// Who was in a summary; nobody where that cannot be read.
fn people_in(item: Attributes) -> Vec<UserId> {
    let people = item.get("people").and_then(|people| people.as_ss().ok());
    people.into_iter().flatten().filter_map(|user| user.parse().ok()).collect()
}

/// That a guild was wiped.
#[derive(Deserialize)]
pub(super) struct WipedItem {
    wiped_at: EpochMillis,
}

impl WipedItem {
    /// When.
    pub(super) fn at(self) -> Timestamp {
        self.wiped_at.into()
    }
}

/// That a guild is to be wiped.
#[derive(Serialize, Deserialize)]
struct WipeItem {
    begins_at: EpochMillis,
    #[serde(default)]
    keeps_settings: bool,
}

impl From<WipeItem> for Wipe {
    fn from(item: WipeItem) -> Self {
        Self { begins_at: item.begins_at.into(), keeps_settings: item.keeps_settings }
    }
}
