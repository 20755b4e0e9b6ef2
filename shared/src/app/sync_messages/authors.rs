//! Who wrote what a run has read.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{Message, UserId};

/// Everybody whose messages one run has read.
#[derive(Default)]
pub(super) struct Authors(Mutex<BTreeSet<UserId>>);

impl Authors {
    /// Notes who wrote these.
    pub(super) fn note(&self, messages: &[Message]) {
        self.lock().extend(messages.iter().map(|message| message.author.id));
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<UserId> {
        self.lock().iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<UserId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
