//! What the parts of a day say, and what they cost.

use std::collections::BTreeMap;

use crate::domain::{Usage, UserId};

/// What parts say, in their order.
#[derive(Default)]
pub(super) struct Said {
    pub(super) parts: Vec<BTreeMap<UserId, String>>,
    pub(super) models: Vec<String>,
    pub(super) blocked_messages: u64,
    pub(super) usage: Usage,
}

impl Said {
    pub(super) fn append(&mut self, later: Self) {
        self.parts.extend(later.parts);
        for model in later.models {
            if !self.models.contains(&model) {
                self.models.push(model);
            }
        }
        self.blocked_messages += later.blocked_messages;
        self.usage += later.usage;
    }
}
