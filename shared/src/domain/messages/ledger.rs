//! The record of a guild-day's messages.

use std::collections::BTreeMap;

use super::Authors;
use crate::domain::{Message, MessageId, StoredMessage, UserId, batch::Change};

/// How many messages a guild-day has, and a version that every change of them bumps (DESIGN rule 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Counts the changes; the first one makes it 1.
    pub version: u64,
    /// The version of the last deletion, or 0. A summary from before it may hold words that were taken back.
    pub purged_version: u64,
    /// Messages that were stored and not deleted, whether or not they have expired since.
    pub message_count: u64,
    /// The sum of the [fingerprints](crate::domain::Message::fingerprint) of these messages: who reads all of them and comes
    /// to another one has read around a change. `None` where it is not known: messages may have expired, or are from before
    /// it was noted.
    pub fingerprint: Option<u64>,
    /// The last `purged_version` that was purged to its end: what was made from before is gone.
    pub purge_done: u64,
    /// Who may have written. `None` where it is not known: messages are from before it was noted (DESIGN rule 36).
    pub authors: Option<Authors>,
}

impl Ledger {
    /// The ledger after `changes`, or `None` if it does not change: every change of a day's messages bumps the version,
    /// and a deletion sets `purged_version` to it if the words may have been `told` (DESIGN rule 5).
    pub fn after(self, changes: &[Change], told: &Told<'_>) -> Option<Self> {
        let mut delta = LedgerDelta::default();
        changes.iter().for_each(|change| delta.add(change, self.version > 0 && told.includes(change)));
        if !delta.changes {
            return None;
        }
        let version = self.version + 1;
        Some(Self {
            version,
            purged_version: if delta.purges { version } else { self.purged_version },
            message_count: (self.message_count + delta.stored).saturating_sub(delta.deleted + told.counted_before),
            fingerprint: self.fingerprint_after(changes, told),
            purge_done: self.purge_done,
            authors: self.authors_after(changes),
        })
    }

    /// Whether that person may have written.
    pub fn may_have(self, user: UserId) -> bool {
        self.authors.is_none_or(|authors| authors.may_have(user))
    }

    /// Whether these are all of the messages it counts, each as it was at its version.
    pub fn is_of(self, messages: &[Message]) -> bool {
        let sum = || messages.iter().map(Message::fingerprint).fold(0, u64::wrapping_add);
        messages.len() as u64 == self.message_count && self.fingerprint.is_none_or(|known| known == sum())
    }

    /// Whether something was deleted whose words may still be in what was made from it.
    pub fn is_purge_due(self) -> bool {
        self.purged_version > self.purge_done
    }

    fn authors_after(self, changes: &[Change]) -> Option<Authors> {
        let mut authors = if self.version == 0 { Authors::NOBODY } else { self.authors? };
        for change in changes {
            match change {
                Change::Store(message) | Change::Update(message) | Change::Redact(message) => {
                    authors.add(message.author.id);
                }
                Change::Delete(_) | Change::WriteTombstone(_) => {}
            }
        }
        Some(authors)
    }

    fn fingerprint_after(self, changes: &[Change], told: &Told<'_>) -> Option<u64> {
        let known = if self.version == 0 { Some(0) } else { self.fingerprint };
        let before = |change: &Change| told.stored.get(&change.id())?.message.as_ref().map(Message::fingerprint);
        changes.iter().try_fold(known.filter(|_| !told.may_have_expired)?, |sum: u64, change| match change {
            Change::Store(message) => Some(sum.wrapping_add(message.fingerprint())),
            Change::Update(message) | Change::Redact(message) => {
                Some(sum.wrapping_add(message.fingerprint()).wrapping_sub(before(change)?))
            }
            Change::Delete(_) => Some(sum.wrapping_sub(before(change)?)),
            Change::WriteTombstone(_) => Some(sum),
        })
    }
}

/// What may have been told of a day: in a summary, in a part of one that is being made, in a memory.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The version up to which somebody has read the day's messages to summarize them, or is about to. What came in later is
    /// in no summary.
    pub read_version: u64,
    /// Messages of the day may have expired that a summary still tells of. Then a message that is not there may have been,
    /// and one that came in lately may have come before.
    pub may_have_expired: bool,
    /// How many of the messages that are stored now the ledger counts already: they had expired, and come in again.
    pub counted_before: u64,
    /// What was stored under the changed ids.
    pub stored: &'a BTreeMap<MessageId, StoredMessage>,
}

impl Told<'_> {
    /// Whether a summary may hold the words that the change takes away.
    fn includes(&self, change: &Change) -> bool {
        match change {
            Change::Store(_) | Change::Update(_) => false,
            Change::WriteTombstone(_) => self.may_have_expired,
            Change::Delete(_) | Change::Redact(_) => {
                let was_read = self.stored.get(&change.id()).is_none_or(|stored| stored.came_in <= self.read_version);
                was_read || self.may_have_expired
            }
        }
    }
}

/// What changes of a day's messages do to its ledger.
#[derive(Default)]
struct LedgerDelta {
    /// Whether anything changed that a summary could tell of.
    changes: bool,
    /// Whether summaries from before may hold words that were taken back.
    purges: bool,
    stored: u64,
    deleted: u64,
}

impl LedgerDelta {
    fn add(&mut self, change: &Change, was_told: bool) {
        self.purges |= was_told;
        match change {
            Change::Store(_) => (self.changes, self.stored) = (true, self.stored + 1),
            Change::Update(_) | Change::Redact(_) => self.changes = true,
            Change::Delete(_) => (self.changes, self.deleted) = (true, self.deleted + 1),
            // It is not there. Where its words may have been told all the same, they are purged.
            Change::WriteTombstone(_) => self.changes |= was_told,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{Author, MessageBody};

    fn id(n: u64) -> MessageId {
        MessageId::try_from(n).unwrap()
    }

    fn message(n: u64, content: &str) -> Message {
        Message {
            id: id(n),
            channel: "7".parse().unwrap(),
            author: Author { id: "10".parse().unwrap(), name: "Ann".into() },
            body: MessageBody { content: content.into(), ..MessageBody::default() },
        }
    }

    /// A message that came in with that version.
    fn came_in(n: u64, version: u64) -> BTreeMap<MessageId, StoredMessage> {
        let stored = StoredMessage { message: Some(message(n, "a")), expires_at: Timestamp::MAX, came_in: version };
        [(id(n), stored)].into()
    }

    fn told(stored: &BTreeMap<MessageId, StoredMessage>, read_version: u64) -> Told<'_> {
        Told { read_version, may_have_expired: false, counted_before: 0, stored }
    }

    #[test]
    fn rule_5_every_change_bumps_the_version_and_a_deletion_sets_purged_version() {
        let ledger = Ledger { version: 4, purged_version: 2, message_count: 3, ..Ledger::default() };
        let known = came_in(1, 3);
        let told = told(&known, 4);
        let stored = ledger.after(&[Change::Store(message(1, "a")), Change::Store(message(2, "b"))], &told);
        assert_eq!(stored, Some(Ledger { version: 5, purged_version: 2, message_count: 5, ..Ledger::default() }));
        let updated = ledger.after(&[Change::Update(message(1, "a"))], &told);
        assert_eq!(updated, Some(Ledger { version: 5, purged_version: 2, message_count: 3, ..Ledger::default() }));
        let deleted = ledger.after(&[Change::Delete(id(1)), Change::Store(message(2, "b"))], &told);
        assert_eq!(deleted, Some(Ledger { version: 5, purged_version: 5, message_count: 3, ..Ledger::default() }));
        assert_eq!(ledger.after(&[], &told), None);
    }

    #[test]
    fn rule_36_who_wrote_is_noted_from_the_first_message_on() {
        let (nothing, known) = (BTreeMap::new(), came_in(1, 1));
        let first = Ledger::default().after(&[Change::Store(message(1, "a"))], &told(&nothing, 0)).unwrap();
        let ann = "10".parse().unwrap();
        assert!(first.may_have(ann) && !first.may_have("11".parse().unwrap()));
        let deleted = first.after(&[Change::Delete(id(1))], &told(&known, 1)).unwrap();
        assert!(deleted.may_have(ann), "a summary of before may tell of her");
        let older = Ledger { version: 4, message_count: 3, ..Ledger::default() };
        let stored = older.after(&[Change::Store(message(1, "a"))], &told(&nothing, 0)).unwrap();
        assert!(stored.may_have("11".parse().unwrap()), "nobody knows who wrote what is there from before");
    }

    #[test]
    fn rule_5_a_deletion_of_what_nobody_has_read_purges_nothing() {
        let ledger = Ledger { version: 4, purged_version: 2, message_count: 3, ..Ledger::default() };
        let after = |came_in_with: u64, read_version: u64| {
            let stored = came_in(1, came_in_with);
            ledger.after(&[Change::Delete(id(1))], &told(&stored, read_version)).unwrap()
        };
        assert_eq!(after(4, 3), Ledger { version: 5, purged_version: 2, message_count: 2, ..Ledger::default() });
        assert_eq!(
            after(4, 0),
            Ledger { version: 5, purged_version: 2, message_count: 2, ..Ledger::default() },
            "nobody ever read the day"
        );
        assert_eq!(after(4, 4), Ledger { version: 5, purged_version: 5, message_count: 2, ..Ledger::default() });
        assert_eq!(
            after(0, 0),
            Ledger { version: 5, purged_version: 5, message_count: 2, ..Ledger::default() },
            "from before it was noted"
        );
    }

    #[test]
    fn rule_5_a_deletion_of_what_may_have_expired_purges_too() {
        let ledger = Ledger { version: 4, purged_version: 2, message_count: 3, ..Ledger::default() };
        let tombstone = [Change::WriteTombstone(id(1))];
        let nothing = BTreeMap::new();
        let expired = |stored| Told { may_have_expired: true, ..told(stored, 0) };
        assert_eq!(ledger.after(&tombstone, &told(&nothing, 4)), None);
        let purged = Ledger { version: 5, purged_version: 5, message_count: 3, ..Ledger::default() };
        assert_eq!(ledger.after(&tombstone, &expired(&nothing)), Some(purged));
        assert_eq!(Ledger::default().after(&tombstone, &expired(&nothing)), None, "no messages, no ledger");
        let again = came_in(1, 4);
        let deleted = ledger.after(&[Change::Delete(id(1))], &expired(&again)).unwrap();
        assert_eq!(deleted.purged_version, 5, "it may have been there before, and have expired");
    }
}
