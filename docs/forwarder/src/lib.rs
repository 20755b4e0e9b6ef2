//! What a gateway bot has to know to keep guild-memory in step: what an event changes, as far as everybody may read it.

mod event;
mod guilds;
mod sent;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use event::{Change, Reader};

/// The changes as events of `ingest_messages`, by guild.
#[must_use]
pub fn events(changes: impl IntoIterator<Item = Change>) -> BTreeMap<String, Value> {
    let mut events = BTreeMap::new();
    for Change { guild, what, is_deletion } in changes {
        let empty = || json!({"guild_id": guild, "messages": [], "deleted": []});
        let list =
            &mut events.entry(guild.clone()).or_insert_with(empty)[if is_deletion { "deleted" } else { "messages" }];
        if let Value::Array(list) = list {
            list.push(what);
        }
    }
    events
}
