//! The end of all that is kept of a guild.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::state::InMemoryStore;
use crate::{
    domain::{BuildState, Day, GuildId, Person, UserId, Wipe},
    ports::{DropMessages, ErasePeople as _, KeepWipes, StoreError, WipeGuilds},
};

impl KeepWipes for InMemoryStore {
    async fn note_wipe(&self, guild: GuildId, wipe: Wipe) -> Result<bool, StoreError> {
        let mut state = self.state();
        let is_new = !state.wipes.contains_key(&guild);
        state.wipes.entry(guild).or_insert(wipe);
        Ok(is_new)
    }

    async fn replace_wipe(&self, guild: GuildId, wipe: Wipe) -> Result<(), StoreError> {
        self.state().wipes.insert(guild, wipe);
        Ok(())
    }

    async fn cancel_wipe(&self, guild: GuildId, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state();
        let can_be = state.wipes.get(&guild).is_some_and(|wipe| wipe.begins_at > now);
        Ok(can_be && state.wipes.remove(&guild).is_some())
    }

    async fn wipe_is_done(&self, guild: GuildId) -> Result<(), StoreError> {
        self.state().wipes.remove(&guild);
        Ok(())
    }

    async fn wipes(&self) -> Result<BTreeMap<GuildId, Wipe>, StoreError> {
        Ok(self.state().wipes.clone())
    }
}

impl WipeGuilds for InMemoryStore {
    async fn fence_guild(&self, guild: GuildId, at: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let wiped_at = state.wiped.entry(guild).or_insert(at);
        *wiped_at = at.max(*wiped_at);
        Ok(())
    }

    async fn days_of_guild(&self, guild: GuildId) -> Result<BTreeSet<Day>, StoreError> {
        let state = self.state();
        let days = state.ledgers.keys().chain(state.summaries.keys()).filter(|(of, _)| *of == guild);
        Ok(days.map(|(_, day)| *day).collect())
    }

    async fn everybody_in(&self, guild: GuildId, days: &BTreeSet<Day>) -> Result<BTreeSet<UserId>, StoreError> {
        let state = self.state();
        let known = state.listed.keys().chain(state.people.keys()).chain(state.asked_for.keys());
        let known = known.filter(|(of, _)| *of == guild).map(|(_, user)| *user);
        let in_days = state.day_people.iter().filter(|((of, day), _)| *of == guild && days.contains(day));
        Ok(known.chain(in_days.flat_map(|(_, people)| people.iter().copied())).collect())
    }

    async fn wipe_person(&self, guild: GuildId, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        {
            let mut state = self.state();
            let key = (guild, user);
            let opted_out = state.people.remove(&key).filter(|person| person.opted_out);
            if let Some(person) = opted_out {
                let facts_revision = person.facts_revision + 1;
                let left = Person { opted_out: true, erased_at: Some(at), facts_revision, ..Person::default() };
                state.people.insert(key, left);
            }
            state.listed.remove(&key);
        }
        self.forget_memory(guild, user).await
    }

    async fn empty_day(&self, guild: GuildId, day: Day) -> Result<u64, StoreError> {
        let state = &mut *self.state();
        let mark = u64::from(fastrand::u32(1..));
        let key = (guild, day);
        if let Some(ledger) = state.ledgers.get_mut(&key) {
            ledger.message_count = 0;
            ledger.fingerprint = None;
            ledger.authors = None;
            state.erasures.insert(key, mark);
            state.read_versions.remove(&key);
            state.day_builds.insert(key, BuildState::default());
        }
        Ok(mark)
    }

    async fn drop_day(&self, guild: GuildId, day: Day, mark: u64) -> Result<bool, StoreError> {
        let state = &mut *self.state();
        let key = (guild, day);
        state.chunks.retain(|(of, on, _), _| (*of, *on) != key);
        state.day_people.remove(&key);
        state.summaries.remove(&key);
        let is_built = state.day_builds.get(&key).is_some_and(|build| build.lease.is_some());
        let is_empty = state
            .ledgers
            .get(&key)
            .is_none_or(|ledger| ledger.message_count == 0 && state.erasures.get(&key) == Some(&mark) && !is_built);
        if is_empty {
            state.ledgers.remove(&key);
            state.erasures.remove(&key);
            state.day_builds.remove(&key);
        }
        Ok(is_empty)
    }

    async fn drop_guild(&self, guild: GuildId, keeps_settings: bool) -> Result<(), StoreError> {
        let state = &mut *self.state();
        state.cursors.retain(|(of, _), _| *of != guild);
        state.hand_overs.retain(|(of, _), _| *of != guild);
        state.asked_for.retain(|(of, _), _| *of != guild);
        state.roles.remove(&guild);
        state.open_channels.remove(&guild);
        if !keeps_settings {
            state.settings.remove(&guild);
        }
        Ok(())
    }
}

impl DropMessages for InMemoryStore {
    async fn drop_messages(&self, guild: GuildId, day: Day) -> Result<usize, StoreError> {
        let mut state = self.state();
        let before = state.messages.len();
        state.messages.retain(|(of, id), _| (*of, id.day()) != (guild, day));
        Ok(before - state.messages.len())
    }
}
