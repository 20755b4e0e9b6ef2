//! A message as Discord sends it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::something_else::shows_something_else;
use crate::{
    discord::Shown,
    domain::{Author, ChannelId, Mention, Message, MessageBody, MessageId, UserId, cut_name},
    ports::{EntryKind, HistoryEntry},
};

/// Kinds of a message that people write: a plain one, and a reply.
const SAID: [u64; 2] = [0, 19];

#[derive(Deserialize)]
struct WireMessage {
    id: MessageId,
    #[serde(default, rename = "type")]
    kind: u64,
    author: WireUser,
    #[serde(default)]
    webhook_id: Option<Value>,
    #[serde(default)]
    content: String,
    #[serde(default)]
    edited_timestamp: Option<Timestamp>,
    #[serde(default)]
    mentions: Vec<WireUser>,
    #[serde(default)]
    message_reference: Option<WireReference>,
    #[serde(flatten)]
    shown: Shown,
    /// Everything else.
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct WireUser {
    id: UserId,
    #[serde(default)]
    username: String,
    #[serde(default)]
    global_name: Option<String>,
    #[serde(default)]
    bot: bool,
}

#[derive(Deserialize)]
struct WireReference {
    #[serde(default)]
    message_id: Option<MessageId>,
}

/// A message as it is listed. One that cannot be read is there all the same, and costs no other (DESIGN rule 22); `None` if
/// not even its id can be.
pub(super) fn entry(message: Value, channel: ChannelId) -> Option<HistoryEntry> {
    let id = MessageId::deserialize(message.get("id")?).ok()?;
    let read = serde_json::from_value::<WireMessage>(message).map(|message| message.into_entry(channel));
    Some(read.unwrap_or(HistoryEntry { id, kind: EntryKind::Other }))
}

impl WireMessage {
    fn into_entry(self, channel: ChannelId) -> HistoryEntry {
        let id = self.id;
        let by_a_person = !self.author.bot && self.webhook_id.is_none() && SAID.contains(&self.kind);
        let kind = if !by_a_person {
            EntryKind::Other
        } else if self.shows_nothing() {
            EntryKind::Hidden
        } else {
            let message = self.into_message(channel);
            // An invitation to a game and the like is there, and there is nothing to read in it.
            let is_silent = message.body.content.is_empty() && message.body.attachments.is_empty();
            if is_silent { EntryKind::Other } else { EntryKind::Said(Box::new(message)) }
        };
        HistoryEntry { id, kind }
    }

    /// Nobody can send a message with nothing in it.
    fn shows_nothing(&self) -> bool {
        self.content.is_empty() && self.shown.is_nothing() && !shows_something_else(&self.others)
    }

    fn into_message(self, channel: ChannelId) -> Message {
        let mention = |user: WireUser| Mention { id: user.id, name: user.name() };
        Message {
            id: self.id,
            channel,
            author: Author { id: self.author.id, name: self.author.name() },
            body: MessageBody {
                content: self.shown.text(&self.content),
                // A plain message can refer to one, too: where it was forwarded from.
                reply_to: self.message_reference.filter(|_| self.kind == SAID[1]).and_then(|to| to.message_id),
                edited_at: self.edited_timestamp,
                mentions: self.mentions.into_iter().map(mention).collect(),
                attachments: self.shown.attachments(),
            }
            .within_limits(),
        }
    }
}

impl WireUser {
    /// The account's name, in one line; who has none is still somebody.
    fn name(&self) -> String {
        let shown = self.global_name.as_deref().unwrap_or(&self.username);
        cut_name(shown).unwrap_or_else(|| "unknown".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(message: Value) -> EntryKind {
        entry(message, "7".parse().unwrap()).unwrap().kind
    }

    #[test]
    fn a_message_of_discords_documentation_is_read() {
        let message: Value = serde_json::from_str(include_str!("fixtures/message.json")).unwrap();
        let EntryKind::Said(message) = written(message) else { panic!("somebody said it") };
        assert_eq!((message.author.name.as_str(), message.body.content.as_str()), ("Mason", "Supa Hot"));
        assert_eq!(message.id, "334385199974967042".parse().unwrap());
        assert_eq!((message.body.edited_at, message.body.reply_to), (None, None));
    }

    #[test]
    fn replies_names_and_attachments_are_taken_over() {
        let user = |id: &str, name: Option<&str>| json!({"id": id, "username": "u", "global_name": name});
        let message = json!({
            "id": "200", "type": 19, "content": "see", "author": user("10", Some(" Ann  B ")),
            "mentions": [user("11", None)], "edited_timestamp": "2026-11-22T10:00:00.123000+00:00",
            "attachments": [{"filename": "a.png", "description": "a cat"}, {"filename": "b.png"}],
            "sticker_items": [{"id": "1", "name": "wave", "format_type": 1}],
            "message_reference": {"message_id": "100", "channel_id": "7"}
        });
        let EntryKind::Said(message) = written(message) else { panic!("somebody said it") };
        assert_eq!((message.author.name.as_str(), message.body.mentions[0].name.as_str()), ("Ann B", "u"));
        assert_eq!(message.body.attachments, ["a cat", "b.png", "sticker: wave"]);
        assert_eq!(message.body.reply_to, "100".parse().ok());
        assert_eq!(message.body.edited_at, "2026-11-22T10:00:00.123Z".parse().ok());
    }

    /// "activity: sent with Rich Presence-related chat embeds": an invitation to a game has nothing else in it.
    #[test]
    fn rule_22_an_invitation_to_a_game_is_not_taken_for_a_hidden_message() {
        let invitation = json!({
            "id": "200", "type": 0, "content": "", "author": {"id": "10", "username": "u"}, "attachments": [], "embeds": [],
            "components": [], "activity": {"type": 1, "party_id": "p"}, "application": {"id": "5", "name": "A game"},
        });
        assert_eq!(written(invitation), EntryKind::Other);
        let theme = json!({
            "id": "200", "type": 0, "content": "", "author": {"id": "10", "username": "u"},
            "shared_client_theme": {"colors": ["5865F2"], "gradient_angle": 0, "base_mix": 58, "base_theme": 1},
        });
        assert_eq!(written(theme), EntryKind::Other);
    }

    #[test]
    fn forwards_polls_embeds_and_components_are_read_as_what_was_shown() {
        let message = json!({
            "id": "200", "type": 0, "content": "see", "author": {"id": "10", "username": "u"},
            "message_reference": {"type": 1, "message_id": "100", "channel_id": "7"},
            "message_snapshots": [{"message": {"content": "The anchor is gone", "attachments": [{"filename": "map.png"}]}}],
            "poll": {"question": {"text": "Who took it?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "Ben"}}]},
            "embeds": [{"type": "link", "title": "Harbour news", "description": "A thief"}, {"type": "image"}],
            "components": [{"type": 1, "components": [{"type": 2, "label": "Report", "custom_id": "x"}]}],
        });
        let EntryKind::Said(message) = written(message) else { panic!("somebody said it") };
        let expected = "see [forwarded: The anchor is gone; attachment: map.png] [poll: Who took it?; Ben] \
                        [embed: Harbour news: A thief] [components: Report]";
        assert_eq!(message.body.content, expected);
        assert_eq!(message.body.reply_to, None, "a forward answers nothing");
    }

    #[test]
    fn rule_22_a_message_that_cannot_be_read_costs_no_other() {
        let odd = [
            json!({"id": "200", "type": 0, "content": "no author"}),
            json!({"id": "200", "type": 0, "author": {"id": "10"}, "mentions": null}),
            json!({"id": "200", "type": 0, "author": {"id": "10"}, "sticker_items": [{"name": null}]}),
        ];
        for message in odd {
            let entry = entry(message.clone(), "7".parse().unwrap()).unwrap();
            assert_eq!(entry, HistoryEntry { id: "200".parse().unwrap(), kind: EntryKind::Other }, "{message}");
        }
        assert_eq!(entry(json!({"content": "no id"}), "7".parse().unwrap()), None);
    }

    #[test]
    fn what_is_odd_in_a_part_shows_nothing_and_costs_no_message() {
        let mut message = json!({"id": "200", "type": 0, "content": "see", "author": {"id": "10", "username": "u"}});
        message["poll"] = json!({"question": 5, "answers": {}});
        message["embeds"] = json!([7, {"title": []}]);
        message["components"] = json!(["x", {"components": 3}]);
        message["message_snapshots"] = json!([{}, {"message": "?"}]);
        let EntryKind::Said(message) = written(message) else { panic!("somebody said it") };
        assert_eq!(message.body.content, "see");
    }

    #[test]
    fn what_nobody_said_and_what_is_hidden_are_told_apart() {
        let plain = json!({"id": "200", "type": 0, "content": "", "author": {"id": "10", "username": "u"}});
        let with = |field: &str, value: Value| {
            let mut message = plain.clone();
            message[field] = value;
            written(message)
        };
        assert_eq!(written(plain.clone()), EntryKind::Hidden);
        assert_eq!(with("thread", json!({"id": "200", "name": "what began with it"})), EntryKind::Hidden);
        assert_eq!(with("poll", json!({"question": {}})), EntryKind::Other, "there is nothing to read in it");
        assert!(matches!(with("poll", json!({"question": {"text": "Lunch?"}})), EntryKind::Said(_)));
        assert_eq!(with("type", json!(7)), EntryKind::Other);
        assert_eq!(with("webhook_id", json!("5")), EntryKind::Other);
        assert_eq!(with("author", json!({"id": "10", "username": "u", "bot": true})), EntryKind::Other);
    }
}
