//! What a guild has.

use std::collections::BTreeMap;

use serde_json::Value;

/// A guild: its own object, its members, its channels and threads, and the messages of each.
#[derive(Debug, Default)]
pub(super) struct Guild {
    pub(super) object: Value,
    /// The roles of each member, besides the one of everybody.
    pub(super) members: BTreeMap<String, Vec<String>>,
    /// The nicks of members.
    pub(super) nicks: BTreeMap<String, String>,
    pub(super) channels: BTreeMap<String, Value>,
    pub(super) messages: BTreeMap<String, BTreeMap<u64, Value>>,
}
