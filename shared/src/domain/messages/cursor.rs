//! How far a channel of Discord was read, and how far what is stored of it was compared with it again.
//!
//! ```text
//! ──────────┬────────────────┬──────────────────────┬──────────────▶ messages of a channel
//!           │ 48 h ago       │ reconciliation.after │ after
//!   read    │ read, and      │ read, and not yet    │ not read yet
//!           │ compared again │ compared again       │
//! ```

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{ChannelId, MessageId};

/// How far back edits and deletions are looked for.
pub const RECONCILED: SignedDuration = SignedDuration::from_hours(48);
/// How long after a reconciliation the next one is due.
const RECONCILE_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How long a channel is left alone that the bot may not read.
const LEFT_ALONE: SignedDuration = SignedDuration::from_hours(24);
/// How long a cursor is kept that nothing changes: longer than any history that is read from the beginning.
const LIFE: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How far one channel or thread was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The channel of a thread.
    pub parent: Option<ChannelId>,
    /// Everything up to here was read.
    pub after: MessageId,
    /// What Discord called the channel's last message when everything had been read: while it still does, there is nothing
    /// new.
    pub complete_at: Option<MessageId>,
    /// When the last reconciliation began; edits and deletions from before it are known.
    pub reconciled_at: Timestamp,
    /// The reconciliation that is under way: when it began, and how far it came.
    pub reconciliation: Option<Reconciliation>,
    /// The bot may not read it, and leaves it alone until then.
    pub forbidden_until: Option<Timestamp>,
    /// When the threads in it were last looked through that are archived; `None` if never.
    pub archive_read_at: Option<Timestamp>,
    /// When it may be forgotten: what is read twice is unchanged.
    pub expires_at: Timestamp,
}

/// A comparison of what is stored with what Discord has, under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconciliation {
    /// When it began.
    pub begun_at: Timestamp,
    /// Everything up to here was looked through.
    pub after: MessageId,
}

impl Cursor {
    /// The cursor of a channel that was never read: messages of the last `backfill_days` will be.
    pub fn new(parent: Option<ChannelId>, now: Timestamp, backfill_days: u16) -> Self {
        Self {
            parent,
            after: MessageId::last_before(now - SignedDuration::from_hours(24 * i64::from(backfill_days))),
            complete_at: None,
            reconciled_at: now,
            reconciliation: None,
            forbidden_until: None,
            archive_read_at: None,
            expires_at: now + LIFE,
        }
    }

    /// The same for a channel that something is stored of already, by somebody else: it is compared at once.
    #[must_use]
    pub fn never_reconciled(self) -> Self {
        Self { reconciled_at: Timestamp::UNIX_EPOCH, ..self }
    }

    /// Whether the channel is left alone, because the bot may not read it.
    pub fn is_left_alone(&self, now: Timestamp) -> bool {
        self.forbidden_until.is_some_and(|until| now < until)
    }

    /// Leaves the channel alone for a day.
    pub fn leave_alone(&mut self, now: Timestamp) {
        self.forbidden_until = Some(now + LEFT_ALONE);
    }

    /// Whether there is something new, given what Discord calls the channel's last message.
    pub fn has_news(&self, last_message: Option<MessageId>) -> bool {
        last_message.is_some_and(|last| last > self.after && self.complete_at != Some(last))
    }

    /// Since when threads in it may have been archived that nobody has looked at: from the last look on, or as far back as it
    /// is read. `None` if it is not time to look: `every` so long, and at once in a forum with a new post.
    pub fn archive_since(
        &self,
        now: Timestamp,
        every: SignedDuration,
        last_message: Option<MessageId>,
    ) -> Option<Timestamp> {
        if self.is_left_alone(now) {
            return None;
        }
        let Some(last_look) = self.archive_read_at else { return Some(self.after.written_at()) };
        let is_due = now.duration_since(last_look) >= every || self.has_news(last_message);
        is_due.then_some(last_look)
    }

    /// Whether edits and deletions are to be looked for: it is time, and there can be some.
    pub fn is_reconciliation_due(&self, last_message: Option<MessageId>, now: Timestamp) -> bool {
        let is_recent = last_message.max(Some(self.after)) > Some(reconciliation_begins(now));
        self.reconciliation.is_some() || (is_recent && now.duration_since(self.reconciled_at) >= RECONCILE_EVERY)
    }

    /// The reconciliation that is under way, or a new one.
    pub fn reconciliation(&self, now: Timestamp) -> Reconciliation {
        self.reconciliation.unwrap_or(Reconciliation { begun_at: now, after: reconciliation_begins(now) })
    }

    /// Notes that everything up to there was read.
    pub fn read_to(&mut self, last: MessageId, now: Timestamp) {
        self.after = self.after.max(last);
        (self.forbidden_until, self.expires_at) = (None, now + LIFE);
    }

    /// Notes that a reconciliation came to its end.
    pub fn reconciled(&mut self, done: Reconciliation) {
        (self.reconciliation, self.reconciled_at) = (None, done.begun_at);
    }
}

fn reconciliation_begins(now: Timestamp) -> MessageId {
    MessageId::last_before(now - RECONCILED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-11-22T12:00:00Z";

    fn written(text: &str) -> Option<MessageId> {
        MessageId::try_from(MessageId::last_before(at(text)).get() + 1).ok()
    }

    #[test]
    fn a_new_cursor_goes_back_as_far_as_it_should() {
        let mut cursor = Cursor::new(None, at(NOW), 7);
        assert!(!cursor.has_news(None) && !cursor.has_news(written("2026-11-15T11:59:59Z")));
        let last = written("2026-11-15T12:00:00Z");
        assert!(cursor.has_news(last));
        cursor.complete_at = last;
        assert!(!cursor.has_news(last), "everything was read, whatever became of the last message");
        cursor.read_to(written("2026-11-20T12:00:00Z").unwrap(), at(NOW));
        cursor.read_to(written("2026-11-19T12:00:00Z").unwrap(), at(NOW));
        assert!(!cursor.has_news(written("2026-11-20T12:00:00Z")), "it never goes back");
    }

    #[test]
    fn recent_messages_are_looked_through_once_an_hour() {
        let mut cursor = Cursor::new(None, at("2026-11-22T11:00:01Z"), 7);
        let (recent, old) = (written("2026-11-20T12:00:01Z"), written("2026-11-20T11:59:00Z"));
        assert!(!cursor.is_reconciliation_due(recent, at(NOW)), "it was read within the hour");
        cursor.reconciled_at = at("2026-11-22T11:00:00Z");
        assert!(cursor.is_reconciliation_due(recent, at(NOW)) && !cursor.is_reconciliation_due(old, at(NOW)));

        let begun = cursor.reconciliation(at(NOW));
        assert_eq!(begun.after, MessageId::last_before(at("2026-11-20T12:00:00Z")));
        cursor.reconciliation = Some(Reconciliation { after: recent.unwrap(), ..begun });
        assert_eq!(
            cursor.reconciliation(at("2026-11-22T12:10:00Z")),
            cursor.reconciliation.unwrap(),
            "it goes on where it stopped"
        );
        cursor.reconciled(begun);
        assert!(!cursor.is_reconciliation_due(recent, at("2026-11-22T12:59:59Z")));
        let others = Cursor::new(None, at(NOW), 7).never_reconciled();
        assert!(others.is_reconciliation_due(recent, at(NOW)) && !others.is_reconciliation_due(old, at(NOW)));
    }

    #[test]
    fn a_forbidden_channel_is_left_alone_for_a_day() {
        let mut cursor = Cursor::new(None, at(NOW), 7);
        cursor.leave_alone(at(NOW));
        let left_alone = ["2026-11-23T11:59:59Z", "2026-11-23T12:00:00Z"].map(|now| cursor.is_left_alone(at(now)));
        assert_eq!(left_alone, [true, false]);
    }
}
