//! The names that stand for people in one prompt.

use std::collections::{BTreeMap, HashMap};

use crate::domain::UserId;

/// The names that stand for people in one prompt. Who has none becomes `someone-1`, `someone-2`, in the order of
/// appearance.
#[derive(Default)]
pub(super) struct Names {
    known: BTreeMap<UserId, String>,
    unknown: HashMap<String, usize>,
}

impl Names {
    /// Names of people by id.
    pub(super) fn new(known: BTreeMap<UserId, String>) -> Self {
        Self { known, unknown: HashMap::new() }
    }

    /// The name of the account with that id, as it stands in Discord's markup.
    pub(super) fn name_of(&mut self, id: &str) -> String {
        if let Some(name) = id.parse().ok().and_then(|id: UserId| self.known.get(&id)) {
            return name.clone();
        }
        let next = self.unknown.len() + 1;
        let number = self.unknown.entry(id.to_owned()).or_insert(next);
        format!("someone-{number}")
    }
}
