//! The record of a guild-day's messages.

use crate::domain::batch::Change;

/// How many messages a guild-day has, and a version that every change of them bumps (DESIGN rule 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Counts the changes; the first one makes it 1.
    pub version: u64,
    /// The version of the last deletion, or 0. A summary from before it may hold words that were taken back.
    pub purged_version: u64,
    /// Messages that were stored and not deleted, whether or not they have expired since.
    pub message_count: u64,
}

impl Ledger {
    /// The ledger after `changes`, or `None` if it does not change: every change of a day's messages bumps the version,
    /// and a deletion sets `purged_version` to it (DESIGN rule 5). `may_have_expired` says that messages of the day may be
    /// gone that a summary still tells of: then a message that is not there may have been, and its deletion purges too.
    pub fn after(self, changes: &[Change], may_have_expired: bool) -> Option<Self> {
        // Where there never was a message, no summary tells of one.
        let may_have_expired = may_have_expired && self.version > 0;
        let mut delta = LedgerDelta::default();
        changes.iter().for_each(|change| delta.add(change, may_have_expired));
        if !delta.changes {
            return None;
        }
        let version = self.version + 1;
        Some(Self {
            version,
            purged_version: if delta.purges { version } else { self.purged_version },
            message_count: (self.message_count + delta.stored).saturating_sub(delta.deleted),
        })
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
    fn add(&mut self, change: &Change, may_have_expired: bool) {
        match change {
            Change::Store(_) => (self.changes, self.stored) = (true, self.stored + 1),
            Change::Update(_) => self.changes = true,
            Change::Delete(_) => (self.changes, self.purges, self.deleted) = (true, true, self.deleted + 1),
            Change::WriteTombstone(_) if may_have_expired => (self.changes, self.purges) = (true, true),
            Change::WriteTombstone(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Message, MessageBody, MessageId};

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

    #[test]
    fn rule_5_every_change_bumps_the_version_and_a_deletion_sets_purged_version() {
        let ledger = Ledger { version: 4, purged_version: 2, message_count: 3 };
        let stored = ledger.after(&[Change::Store(message(1, "a")), Change::Store(message(2, "b"))], false);
        assert_eq!(stored, Some(Ledger { version: 5, purged_version: 2, message_count: 5 }));
        let updated = ledger.after(&[Change::Update(message(1, "a"))], false);
        assert_eq!(updated, Some(Ledger { version: 5, purged_version: 2, message_count: 3 }));
        let deleted = ledger.after(&[Change::Delete(id(1)), Change::Store(message(2, "b"))], false);
        assert_eq!(deleted, Some(Ledger { version: 5, purged_version: 5, message_count: 3 }));
        assert_eq!(ledger.after(&[], true), None);
    }

    #[test]
    fn rule_5_a_deletion_of_what_may_have_expired_purges_too() {
        let ledger = Ledger { version: 4, purged_version: 2, message_count: 3 };
        let tombstone = [Change::WriteTombstone(id(1))];
        assert_eq!(ledger.after(&tombstone, false), None);
        assert_eq!(ledger.after(&tombstone, true), Some(Ledger { version: 5, purged_version: 5, message_count: 3 }));
        assert_eq!(Ledger::default().after(&tombstone, true), None, "no messages, no ledger");
    }
}
