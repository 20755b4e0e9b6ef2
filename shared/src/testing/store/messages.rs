//! What people wrote, the ledgers it changes under, and how far channels were read.

use std::collections::{BTreeMap, btree_map::Entry};

use super::state::{InMemoryStore, State, unavailable};
use crate::{
    domain::{ChannelId, Cursor, Day, GuildId, Ledger, MessageId, StoredMessage, batch::Change},
    ports::{
        ChannelsOfDay, DayChange, KeepCursors, ReadChannelsOfDay, ReadLedgers, ReadMessageChannels, ReadMessages,
        StoreError, StoredDay, WriteMessages,
    },
};

impl ReadMessages for InMemoryStore {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let state = self.state();
        if state.failures.messages {
            return Err(unavailable());
        }
        let of_day = state.messages.iter().filter(|((of, id), _)| *of == guild && id.day() == day);
        Ok(of_day.map(|(_, stored)| stored.clone()).filter(|stored| stored.message.is_some()).collect())
    }
}

impl ReadChannelsOfDay for InMemoryStore {
    async fn channels_of_day(&self, guild: GuildId, day: Day) -> Result<ChannelsOfDay, StoreError> {
        let messages = self.messages_of_day(guild, day).await?;
        let channels = messages.iter().filter_map(|stored| Some(stored.message.as_ref()?.channel)).collect();
        Ok(ChannelsOfDay { channels, messages: messages.len() as u64 })
    }
}

impl ReadMessageChannels for InMemoryStore {
    async fn message_channels(&self, guild: GuildId, day: Day) -> Result<BTreeMap<MessageId, ChannelId>, StoreError> {
        let messages = self.messages_of_day(guild, day).await?.into_iter().filter_map(|stored| stored.message);
        Ok(messages.map(|message| (message.id, message.channel)).collect())
    }
}

impl ReadLedgers for InMemoryStore {
    async fn ledgers_of_guild(&self, guild: GuildId) -> Result<BTreeMap<Day, Ledger>, StoreError> {
        let state = self.state();
        let of_guild = state.ledgers.iter().filter(|((of, _), _)| *of == guild);
        Ok(of_guild.map(|((_, day), ledger)| (*day, *ledger)).collect())
    }
}

impl WriteMessages for InMemoryStore {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let state = self.state();
        let stored = ids.iter().filter_map(|id| Some((*id, state.messages.get(&(guild, *id))?.clone())));
        let ledger = state.ledgers.get(&(guild, day)).copied();
        let (read_version, erasures) = (state.read_version(guild, day), state.erasures(guild, day));
        Ok(StoredDay { ledger, read_version, erasures, messages: stored.collect() })
    }

    async fn begin_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        let state = &mut *self.state();
        let State { ledgers, erasures, .. } = state;
        if let Entry::Vacant(ledger) = ledgers.entry((guild, day)) {
            ledger.insert(Ledger::default());
            erasures.insert((guild, day), fastrand::u32(1..).into());
        }
        Ok(())
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(Some(failure)) = state.failures.transactions.pop_front() {
            return Err(failure);
        }
        if state.ledger_moved(guild, day, &change)
            || state.would_overwrite(guild, &change)
            || state.has_changed(guild, &change)
        {
            return Err(StoreError::Conflict);
        }
        for one in change.changes {
            state.apply(guild, one, &change);
        }
        if let Some(next) = change.next {
            let purge_done = state.ledgers.get(&(guild, day)).map_or(0, |ledger| ledger.purge_done);
            state.ledgers.insert((guild, day), Ledger { purge_done, ..next });
        }
        Ok(())
    }
}

impl State {
    /// Whether the ledger that is to be replaced is another than the one that was seen.
    fn ledger_moved(&self, guild: GuildId, day: Day, change: &DayChange<'_>) -> bool {
        let version = |ledger: Option<&Ledger>| ledger.map(|ledger| ledger.version);
        let has_moved = version(self.ledgers.get(&(guild, day))) != version(change.seen.as_ref());
        let is_read = change.read_version.is_some_and(|read| read != self.read_version(guild, day));
        let is_fenced = change.erasures != self.erasures(guild, day);
        change.next.is_some() && (has_moved || is_read || is_fenced)
    }

    fn read_version(&self, guild: GuildId, day: Day) -> u64 {
        self.read_versions.get(&(guild, day)).copied().unwrap_or_default()
    }

    fn erasures(&self, guild: GuildId, day: Day) -> u64 {
        self.erasures.get(&(guild, day)).copied().unwrap_or_default()
    }

    /// Whether a message that is to be new is stored already.
    fn would_overwrite(&self, guild: GuildId, change: &DayChange<'_>) -> bool {
        let is_stored = |id| self.messages.get(&(guild, id)).is_some_and(|stored| !stored.is_expired(change.now));
        let mut new = change.changes.iter().filter(|one| matches!(one, Change::Store(_) | Change::WriteTombstone(_)));
        new.any(|one| is_stored(one.id()))
    }

    /// Whether a message that is edited or deleted is not there as it was read.
    fn has_changed(&self, guild: GuildId, change: &DayChange<'_>) -> bool {
        let version = |stored: Option<&StoredMessage>| Some(stored?.message.as_ref()?.fingerprint());
        let mut old = change
            .changes
            .iter()
            .filter(|one| matches!(one, Change::Update(_) | Change::Redact(_) | Change::Delete(_)));
        old.any(|one| {
            let there = version(self.messages.get(&(guild, one.id())));
            there.is_none() || there != version(change.stored.get(&one.id()))
        })
    }

    fn apply(&mut self, guild: GuildId, one: &Change, change: &DayChange<'_>) {
        let (message, (expires_at, came_in)) = match one {
            Change::Store(message) => (Some(message.clone()), (change.expires_at, change.comes_in())),
            Change::Update(message) | Change::Redact(message) => (Some(message.clone()), change.kept(message.id)),
            Change::Delete(_) | Change::WriteTombstone(_) => (None, (change.expires_at, 0)),
        };
        self.messages.insert((guild, one.id()), StoredMessage { message, expires_at, came_in });
    }
}

impl KeepCursors for InMemoryStore {
    async fn cursors(&self, guild: GuildId) -> Result<BTreeMap<ChannelId, Cursor>, StoreError> {
        let state = self.state();
        let of_guild = state.cursors.iter().filter(|((of, _), _)| *of == guild);
        Ok(of_guild.map(|((_, channel), cursor)| (*channel, cursor.clone())).collect())
    }

    async fn save_cursor(&self, guild: GuildId, channel: ChannelId, cursor: &Cursor) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.cursors.get(&(guild, channel)).is_none_or(|there| there.after <= cursor.after) {
            state.cursors.insert((guild, channel), cursor.clone());
        }
        Ok(())
    }

    async fn delete_cursor(&self, guild: GuildId, channel: ChannelId) -> Result<(), StoreError> {
        self.state().cursors.remove(&(guild, channel));
        Ok(())
    }
}
