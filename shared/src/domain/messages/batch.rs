//! What a batch of messages and deletions changes in one guild-day, decided from what is stored there.
//!
//! Every plan is idempotent: applied, and made again from the same batch, it changes nothing. So a batch that was cut off
//! anywhere can be sent again.

mod change;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::AddAssign,
};

pub use change::Change;

use crate::domain::{Message, MessageId, Person, StoredMessage, UserId};

/// The part of a batch that concerns one guild-day. A deletion counts more than a copy of the same message.
#[derive(Clone, Default)]
pub struct DayBatch {
    messages: BTreeMap<MessageId, Message>,
    deleted: BTreeSet<MessageId>,
    /// Messages of others that somebody is mentioned in who becomes nobody.
    redacted: BTreeMap<MessageId, UserId>,
    /// Messages that are to be gone because of who wrote them.
    kept_out: BTreeSet<MessageId>,
    copies: usize,
}

/// The changes of one guild-day, and what needs none.
#[derive(Default)]
pub struct DayPlan {
    /// In the order of the ids.
    pub changes: Vec<Change>,
    /// Messages that change nothing.
    pub untouched: Untouched,
}

/// How many messages change nothing, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Untouched {
    /// Already stored in this or a later version.
    pub unchanged: usize,
    /// Held back because they were deleted.
    pub deleted_before: usize,
    /// Not stored because there is nothing in them.
    pub blank: usize,
    /// Not stored because of who wrote them: they opted out, or were erased since.
    pub kept_out: usize,
}

impl DayBatch {
    /// Adds a message. Of two copies the one edited later counts, and of two alike the first.
    pub fn add(&mut self, message: Message) {
        match self.messages.get(&message.id) {
            Some(known) if known.body.edited_at >= message.body.edited_at => self.copies += 1,
            Some(_) => {
                self.copies += 1;
                self.messages.insert(message.id, message);
            }
            None => {
                self.messages.insert(message.id, message);
            }
        }
    }

    /// Adds a deletion.
    pub fn delete(&mut self, id: MessageId) {
        self.deleted.insert(id);
    }

    /// Has nobody known any more in that message for this person.
    pub fn redact(&mut self, id: MessageId, user: UserId) {
        self.redacted.insert(id, user);
    }

    /// Has that message gone, if it is there, because of who wrote it.
    pub fn keep_out(&mut self, id: MessageId) {
        self.kept_out.insert(id);
    }

    /// Whether it has deletions.
    pub fn deletes(&self) -> bool {
        !self.deleted.is_empty() || !self.redacted.is_empty()
    }

    /// Whether there are messages to be stored.
    pub fn stores(&self) -> bool {
        !self.messages.is_empty()
    }

    /// Everybody on whom it depends what is stored: who wrote, and who is mentioned.
    pub fn people(&self) -> Vec<UserId> {
        let people =
            self.messages.values().flat_map(|message| message.mentioned().into_iter().chain([message.author.id]));
        people.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The same, with nothing of people who opted out or were erased since, and without mentions of them (DESIGN rules 20
    /// and 41).
    #[must_use]
    pub fn as_people_want(&self, people: &HashMap<UserId, Person>) -> Self {
        let stays_out = |user: UserId, id| people.get(&user).is_some_and(|person| person.keeps_out(id));
        let mut batch = self.clone();
        for (id, message) in &self.messages {
            if stays_out(message.author.id, *id) {
                batch.messages.remove(id);
                batch.kept_out.insert(*id);
            } else if let Some(without) = message.without(|user| stays_out(user, *id)) {
                batch.messages.insert(*id, without);
            }
        }
        batch
    }

    /// Every id whose stored state the plan depends on.
    pub fn ids(&self) -> Vec<MessageId> {
        let taken_away = self.deleted.iter().chain(self.redacted.keys()).chain(&self.kept_out);
        self.messages.keys().chain(taken_away).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Takes out what was applied, so that a second plan does not count it again.
    pub fn remove(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Store(message) | Change::Update(message) => drop(self.messages.remove(&message.id)),
                Change::Redact(message) => drop(self.redacted.remove(&message.id)),
                Change::Delete(id) | Change::WriteTombstone(id) => drop(self.deleted.remove(id)),
            }
        }
    }

    /// What the batch changes, given what is stored (expired messages left out).
    pub fn plan(&self, stored: &BTreeMap<MessageId, StoredMessage>) -> DayPlan {
        let (mut changes, mut untouched) = (Vec::new(), Untouched { unchanged: self.copies, ..Untouched::default() });
        for id in &self.deleted {
            match stored.get(id).map(|stored| &stored.message) {
                Some(Some(_)) => changes.push(Change::Delete(*id)),
                Some(None) => {}
                None => changes.push(Change::WriteTombstone(*id)),
            }
        }
        for id in self.kept_out.difference(&self.deleted) {
            match stored.get(id).map(|stored| &stored.message) {
                Some(Some(_)) => changes.push(Change::Delete(*id)),
                Some(None) | None => untouched.kept_out += 1,
            }
        }
        for (id, user) in &self.redacted {
            let known = stored.get(id).and_then(|stored| stored.message.as_ref());
            if let Some(without) = known.and_then(|message| message.without(|mentioned| mentioned == *user)) {
                changes.push(Change::Redact(without));
            }
        }
        for (id, message) in &self.messages {
            match stored.get(id).map(|stored| &stored.message) {
                _ if self.deleted.contains(id) => untouched.deleted_before += 1,
                Some(None) => untouched.deleted_before += 1,
                Some(Some(known)) if known.body.edited_at >= message.body.edited_at => untouched.unchanged += 1,
                Some(Some(_)) => changes.push(Change::Update(message.clone())),
                // An edit may leave nothing of a message that is there.
                None if message.body.is_blank() => untouched.blank += 1,
                None => changes.push(Change::Store(message.clone())),
            }
        }
        changes.sort_by_key(Change::id);
        DayPlan { changes, untouched }
    }
}

impl AddAssign for Untouched {
    fn add_assign(&mut self, other: Self) {
        self.unchanged += other.unchanged;
        self.deleted_before += other.deleted_before;
        self.blank += other.blank;
        self.kept_out += other.kept_out;
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

    fn message(n: u64, content: &str, edited: Option<i64>) -> Message {
        Message {
            id: id(n),
            channel: "7".parse().unwrap(),
            author: Author { id: "10".parse().unwrap(), name: "Ann".into() },
            body: MessageBody {
                content: content.into(),
                edited_at: edited.map(|second| Timestamp::from_second(second).unwrap()),
                ..MessageBody::default()
            },
        }
    }

    fn batch(messages: &[Message], deleted: &[u64]) -> DayBatch {
        let mut batch = DayBatch::default();
        messages.iter().cloned().for_each(|message| batch.add(message));
        deleted.iter().for_each(|n| batch.delete(id(*n)));
        batch
    }

    fn stored(messages: &[Message], tombstones: &[u64]) -> BTreeMap<MessageId, StoredMessage> {
        let keep = |id, message| (id, StoredMessage { message, expires_at: Timestamp::MAX, came_in: 1 });
        let live = messages.iter().map(|message| keep(message.id, Some(message.clone())));
        live.chain(tombstones.iter().map(|n| keep(id(*n), None))).collect()
    }

    fn kinds(plan: &DayPlan) -> String {
        let kind = |change: &Change| match change {
            Change::Store(_) => 's',
            Change::Update(_) => 'u',
            Change::Redact(_) => 'r',
            Change::Delete(_) => 'd',
            Change::WriteTombstone(_) => 'b',
        };
        plan.changes.iter().map(kind).collect()
    }

    #[test]
    fn the_later_edit_wins_whatever_the_order() {
        let (first, later) = (message(1, "a", Some(5)), message(1, "b", Some(6)));
        assert_eq!(
            kinds(&batch(std::slice::from_ref(&later), &[]).plan(&stored(std::slice::from_ref(&first), &[]))),
            "u"
        );
        let plan = batch(std::slice::from_ref(&first), &[]).plan(&stored(std::slice::from_ref(&later), &[]));
        assert_eq!((kinds(&plan).as_str(), plan.untouched.unchanged), ("", 1));
        for order in [[first.clone(), later.clone()], [later.clone(), first]] {
            let plan = batch(&order, &[]).plan(&BTreeMap::new());
            assert!(plan.changes == [Change::Store(later.clone())]);
            assert_eq!(plan.untouched.unchanged, 1);
        }
    }

    #[test]
    fn a_deleted_message_stays_deleted() {
        let plan = batch(&[message(1, "late copy", Some(9))], &[]).plan(&stored(&[], &[1]));
        assert_eq!((kinds(&plan).as_str(), plan.untouched.deleted_before), ("", 1));
        let both_at_once = batch(&[message(1, "a", None)], &[1]).plan(&BTreeMap::new());
        assert_eq!((kinds(&both_at_once).as_str(), both_at_once.untouched.deleted_before), ("b", 1));
        assert_eq!(kinds(&batch(&[], &[1]).plan(&stored(&[message(1, "a", None)], &[]))), "d");
        assert_eq!(kinds(&batch(&[], &[1]).plan(&stored(&[], &[1]))), "");
    }

    #[test]
    fn what_was_applied_is_not_planned_again() {
        let mut rest = batch(&[message(1, "a", None), message(2, "b", None)], &[3]);
        rest.remove(&[Change::Store(message(1, "a", None)), Change::WriteTombstone(id(3))]);
        assert_eq!(rest.ids(), [id(2)]);
    }
}
