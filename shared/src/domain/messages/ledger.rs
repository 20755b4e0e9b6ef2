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
        let count = |wanted: fn(&Change) -> bool| changes.iter().filter(|change| wanted(change)).count() as u64;
        let stored = count(|change| matches!(change, Change::Store(_)));
        let updated = count(|change| matches!(change, Change::Update(_)));
        let deleted = count(|change| matches!(change, Change::Delete(_)));
        let expired =
            count(|change| matches!(change, Change::Bury(_))) * u64::from(may_have_expired && self.version > 0);
        if stored + updated + deleted + expired == 0 {
            return None;
        }
        let version = self.version + 1;
        Some(Self {
            version,
            purged_version: if deleted + expired > 0 { version } else { self.purged_version },
            message_count: (self.message_count + stored).saturating_sub(deleted),
        })
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
        let bury = [Change::Bury(id(1))];
        assert_eq!(ledger.after(&bury, false), None);
        assert_eq!(ledger.after(&bury, true), Some(Ledger { version: 5, purged_version: 5, message_count: 3 }));
        assert_eq!(Ledger::default().after(&bury, true), None, "no messages, no ledger");
    }
}
