//! Who wrote what a run has read.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{Message, MessageId, UserId};

/// Everybody whose messages one run has read, and the last of these.
#[derive(Default)]
pub(super) struct Authors(Mutex<BTreeMap<UserId, MessageId>>);

impl Authors {
    /// Notes who wrote these.
    pub(super) fn note(&self, messages: &[Message]) {
        let mut authors = self.lock();
        for message in messages {
            let last = authors.entry(message.author.id).or_insert(message.id);
            *last = message.id.max(*last);
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> BTreeMap<UserId, MessageId> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserId, MessageId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
