//! What people wrote.

use super::*;

impl ReadMessages for InMemoryStore {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let state = self.state();
        if state.unreadable_messages {
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

impl WriteMessages for InMemoryStore {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let state = self.state();
        let stored = ids.iter().filter_map(|id| Some((*id, state.messages.get(&(guild, *id))?.clone())));
        Ok(StoredDay { ledger: state.ledgers.get(&(guild, day)).copied(), messages: stored.collect() })
    }

    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(Some(failure)) = state.transaction_failures.pop_front() {
            return Err(failure);
        }
        let is_there = |id| state.messages.get(&(guild, id)).is_some_and(|there| !there.is_expired(change.now));
        let mut added = change.changes.iter().filter(|one| matches!(one, Change::Store(_) | Change::Bury(_)));
        let version = |ledger: Option<&Ledger>| ledger.map(|ledger| ledger.version);
        let ledger_moved =
            change.next.is_some() && version(state.ledgers.get(&(guild, day))) != version(change.seen.as_ref());
        if ledger_moved || added.any(|one| is_there(one.id())) {
            return Err(StoreError::Conflict);
        }
        for one in change.changes {
            let known = change.stored.get(&one.id()).filter(|_| matches!(one, Change::Update(_)));
            state.apply(guild, one, known.map_or(change.expires_at, |stored| stored.expires_at));
        }
        if let Some(next) = change.next {
            state.ledgers.insert((guild, day), next);
        }
        Ok(())
    }
}
