//! Whether a message shows something that is not read.

use serde_json::{Map, Value};

use crate::discord::says_nothing;

/// Fields of a message that show nothing of what was said; every message has some of them.
const SILENT: [&str; 28] = [
    "application_id",
    "author",
    "attachments",
    "call",
    "channel_id",
    "components",
    "content",
    "edited_timestamp",
    "embeds",
    "flags",
    "guild_id",
    "id",
    "member",
    "mention_channels",
    "mention_everyone",
    "mention_roles",
    "mentions",
    "message_reference",
    "nonce",
    "pinned",
    "position",
    "reactions",
    "referenced_message",
    "thread",
    "timestamp",
    "tts",
    "type",
    "webhook_id",
];

/// Whether there is something in a field that nobody reads, such as one that is new: then a message without words is no
/// proof that they are hidden (DESIGN rule 22).
pub(super) fn shows_something_else(fields: &Map<String, Value>) -> bool {
    fields.iter().any(|(name, value)| !SILENT.contains(&name.as_str()) && !says_nothing(value))
}
