//! What became of a batch, counted.

use crate::domain::{
    Day,
    batch::{Change, Untouched},
};

/// What became of one guild-day's part of a batch.
pub(super) struct DayOutcome {
    pub(super) day: Day,
    pub(super) applied: Vec<Change>,
    pub(super) untouched: Untouched,
}

/// What became of a batch.
#[derive(Default)]
pub(in crate::app) struct BatchOutcome {
    /// New messages.
    pub(in crate::app) stored: usize,
    /// Later edits of messages that were there.
    pub(in crate::app) updated: usize,
    /// Messages that were there and are gone.
    pub(in crate::app) deleted: usize,
    /// What needed no change, and why.
    pub(super) untouched: Untouched,
    /// Messages of others that somebody is not mentioned in any more.
    pub(in crate::app) redacted: usize,
    /// Guild-days whose messages changed, oldest first.
    pub(in crate::app) days_changed: Vec<Day>,
}

impl BatchOutcome {
    /// The outcomes of all its days together.
    pub(super) fn of(mut days: Vec<DayOutcome>) -> Self {
        days.sort_by_key(|outcome| outcome.day);
        let mut batch = Self::default();
        days.into_iter().for_each(|outcome| batch.add(outcome));
        batch
    }

    fn add(&mut self, DayOutcome { day, applied, untouched }: DayOutcome) {
        let before = self.changed();
        for change in &applied {
            match change {
                Change::Store(_) => self.stored += 1,
                Change::Update(_) => self.updated += 1,
                Change::Redact(_) => self.redacted += 1,
                Change::Delete(_) => self.deleted += 1,
                // Nothing was there that anybody could miss.
                Change::WriteTombstone(_) => {}
            }
        }
        if self.changed() > before {
            self.days_changed.push(day);
        }
        self.untouched += untouched;
    }

    fn changed(&self) -> usize {
        self.stored + self.updated + self.redacted + self.deleted
    }
}
