//! Messages on their way to `ingest_messages`, and the moving of their time.

use guild_memory::{
    contract::SentMessage,
    domain::{Day, GuildId, MessageId},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A message that is in that shape already, as far as it has to be understood.
#[derive(Deserialize, Serialize)]
pub(super) struct Shaped {
    pub(super) id: MessageId,
    #[serde(skip_serializing)]
    pub(super) guild_id: Option<GuildId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Why a message is not even sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skip {
    /// A bot or a webhook wrote it.
    Bot,
    /// Discord wrote it: somebody joined, a message was pinned.
    System,
}

/// A message or a deletion on its way.
pub(super) struct Outgoing {
    pub(super) guild: GuildId,
    pub(super) id: MessageId,
    pub(super) day: Day,
    pub(super) json: Vec<u8>,
    pub(super) is_deletion: bool,
}

/// Moves ids and times by whole days.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    pub(super) days: i64,
}

/// A message moved to before Discord began, or to where its ids end.
#[derive(Debug, thiserror::Error)]
#[error("cannot be moved by {0} days: no message can be from then")]
pub(super) struct OutOfTime(i64);

impl Shift {
    /// The shift that brings `last` to `end`.
    pub(super) fn between(last: Day, end: Day) -> Self {
        Self { days: end.start().duration_since(last.start()).as_hours() / 24 }
    }

    fn id(self, id: MessageId) -> Result<MessageId, OutOfTime> {
        const MS_A_DAY: i64 = 24 * 60 * 60 * 1_000;
        let moved = (id.get() >> 22) as i64 + self.days * MS_A_DAY;
        let moved = u64::try_from(moved).ok().filter(|moved| *moved < 1 << 41);
        let moved = moved.map(|moved| (moved << 22) | (id.get() & 0x3f_ffff));
        moved.and_then(|moved| MessageId::try_from(moved).ok()).ok_or(OutOfTime(self.days))
    }

    fn time(self, at: Timestamp) -> Timestamp {
        at.saturating_add(SignedDuration::from_hours(24 * self.days)).unwrap_or(at)
    }

    /// The message as it is sent.
    pub(super) fn message(self, guild: GuildId, mut message: SentMessage) -> Result<Outgoing, OutOfTime> {
        message.id = self.id(message.id)?;
        message.reply_to = message.reply_to.and_then(|id| self.id(id).ok());
        message.edited_at = message.edited_at.map(|at| self.time(at));
        Ok(outgoing(guild, message.id, &message, false))
    }

    /// The message as it is sent.
    pub(super) fn shaped(self, guild: GuildId, mut message: Shaped) -> Result<Outgoing, OutOfTime> {
        message.id = self.id(message.id)?;
        message.reply_to = message.reply_to.and_then(|id| self.id(id).ok());
        message.edited_at = message.edited_at.map(|at| self.time(at));
        Ok(outgoing(guild, message.id, &message, false))
    }

    /// The deletion as it is sent.
    pub(super) fn deletion(self, guild: GuildId, id: MessageId) -> Result<Outgoing, OutOfTime> {
        let id = self.id(id)?;
        Ok(outgoing(guild, id, &id, true))
    }
}

fn outgoing(guild: GuildId, id: MessageId, what: &impl Serialize, is_deletion: bool) -> Outgoing {
    // Strings and numbers alone: it cannot fail.
    let json = serde_json::to_vec(what).unwrap_or_default();
    Outgoing { guild, id, day: id.day(), json, is_deletion }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn everything_in_a_message_moves_by_the_same_days() {
        let shift = Shift::between(day("2025-07-04"), day("2026-11-23"));
        assert_eq!(shift.days, 507);
        let shaped: Shaped = serde_json::from_value(json!({
            "id": "1388414112890880001", "reply_to": "1388414112890880000", "edited_at": "2025-06-28T07:03:00Z",
            "channel_id": "2", "content": "hi"
        }))
        .unwrap();
        let moved = shift.shaped("1".parse().unwrap(), shaped).unwrap();
        assert_eq!(moved.day, day("2026-11-17"));
        let sent: Value = serde_json::from_slice(&moved.json).unwrap();
        let id: MessageId = sent["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(id.written_at().to_string(), "2026-11-17T07:02:00Z");
        assert_eq!(id.get() & 0x3f_ffff, 1, "messages of one millisecond stay apart");
        assert_eq!(sent["reply_to"], (id.get() - 1).to_string());
        assert_eq!(sent["edited_at"], "2026-11-17T07:03:00Z");
        assert_eq!((&sent["channel_id"], &sent["content"]), (&json!("2"), &json!("hi")));
    }

    #[test]
    fn no_message_is_moved_to_before_discord() {
        let shift = Shift { days: -4_000 };
        let error = shift.deletion("1".parse().unwrap(), "1388414112890880001".parse().unwrap()).err().unwrap();
        assert_eq!(error.to_string(), "cannot be moved by -4000 days: no message can be from then");
    }
}
