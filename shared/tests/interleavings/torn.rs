//! What DynamoDB promises between a transaction and who reads its items meanwhile: each item as it was before or after, and
//! no more. So for a moment some reads see one side of a change and not the other; writes with conditions always see all.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use guild_memory::{
    domain::{Day, GuildId, Ledger, MessageId, StoredMessage},
    ports::DayChange,
    testing::InMemoryStore,
};
use tokio::time::Instant;

/// What is still read as it was, and until when.
#[derive(Clone, Default)]
pub(crate) struct Torn(Arc<Mutex<Lagging>>);

#[derive(Default)]
struct Lagging {
    messages: BTreeMap<(GuildId, MessageId), (Instant, Option<StoredMessage>)>,
    ledgers: BTreeMap<(GuildId, Day), (Instant, Option<Ledger>)>,
}

impl Torn {
    /// Before the change of a day is made: the messages of which `lags` says so are read as they are now until then, or the
    /// ledger is.
    pub(crate) fn begin(
        &self,
        store: &InMemoryStore,
        (guild, day): (GuildId, Day),
        change: &DayChange<'_>,
        until: Instant,
        mut lags: impl FnMut() -> bool,
    ) {
        let (there, ledgers) = (store.stored_messages(), store.ledgers());
        let mut lagging = self.0.lock().unwrap();
        if lags() {
            lagging.ledgers.insert((guild, day), (until, ledgers.get(&(guild, day)).copied()));
            return;
        }
        for id in change.changes.iter().map(|one| one.id()) {
            if lags() {
                let key = (guild, id);
                lagging.messages.insert(key, (until, there.get(&key).cloned()));
            }
        }
    }

    /// The messages of a guild as they are seen now.
    pub(crate) fn messages(
        &self,
        guild: GuildId,
        mut seen: BTreeMap<MessageId, StoredMessage>,
        is_read: impl Fn(MessageId) -> bool,
    ) -> BTreeMap<MessageId, StoredMessage> {
        let now = Instant::now();
        for ((of, id), (until, old)) in &self.0.lock().unwrap().messages {
            if *of == guild && now < *until && is_read(*id) {
                match old {
                    Some(old) => drop(seen.insert(*id, old.clone())),
                    None => drop(seen.remove(id)),
                }
            }
        }
        seen
    }

    /// A ledger as it is seen now.
    pub(crate) fn ledger(&self, guild: GuildId, day: Day, seen: Option<Ledger>) -> Option<Ledger> {
        let lagging = self.0.lock().unwrap();
        let old = lagging.ledgers.get(&(guild, day)).filter(|(until, _)| Instant::now() < *until);
        old.map_or(seen, |(_, old)| *old)
    }
}
