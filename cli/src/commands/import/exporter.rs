//! Messages as DiscordChatExporter writes them, in its current form and in older ones, which lack some fields.

use guild_memory::{
    contract::{SentAuthor, SentMention, SentMessage},
    domain::{
        ChannelId, GuildId, MAX_ATTACHMENT_CHARS, MAX_ATTACHMENTS, MAX_MENTIONS, MAX_NAME_CHARS, MessageId, UserId,
    },
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::message::Skip;

/// What stands before the messages of an export.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    guild: HeadGuild,
    channel: HeadChannel,
}

#[derive(Debug, Deserialize)]
struct HeadGuild {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadChannel {
    id: ChannelId,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    category_id: Option<ChannelId>,
}

impl Head {
    /// The guild; direct messages have none.
    pub(super) fn guild(&self) -> Option<GuildId> {
        self.guild.id.parse().ok()
    }

    /// The message in that element, or why it is left out.
    pub(super) fn message(&self, element: &[u8]) -> serde_json::Result<Result<SentMessage, Skip>> {
        let exported: Exported = serde_json::from_slice(element)?;
        if exported.author.is_bot {
            return Ok(Err(Skip::Bot));
        }
        if exported.kind.is_system() {
            return Ok(Err(Skip::System));
        }
        Ok(Ok(exported.into_message(self)))
    }

    /// The channel a thread belongs to, which an export calls its category.
    fn parent(&self) -> Option<ChannelId> {
        self.channel.category_id.filter(|_| self.channel.kind.ends_with("Thread"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exported {
    id: MessageId,
    #[serde(default, rename = "type")]
    kind: Kind,
    #[serde(default)]
    timestamp_edited: Option<Timestamp>,
    #[serde(default)]
    content: Option<String>,
    author: ExportedPerson,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    stickers: Vec<Sticker>,
    #[serde(default)]
    mentions: Vec<ExportedPerson>,
    #[serde(default)]
    reference: Option<Reference>,
}

/// The kind of a message, by name or by number.
#[derive(Default, Deserialize)]
struct Kind(Value);

impl Kind {
    fn name(&self) -> String {
        match &self.0 {
            Value::Null => "Default".to_owned(),
            Value::String(name) => name.clone(),
            other => other.to_string(),
        }
    }

    fn is_reply(&self) -> bool {
        ["Reply", "19"].contains(&self.name().as_str())
    }

    fn is_system(&self) -> bool {
        !self.is_reply() && !["Default", "0"].contains(&self.name().as_str())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportedPerson {
    id: UserId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    nickname: Option<String>,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    #[serde(default)]
    file_name: String,
}

#[derive(Deserialize)]
struct Sticker {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    #[serde(default)]
    message_id: Option<MessageId>,
}

impl Exported {
    fn into_message(self, head: &Head) -> SentMessage {
        let reply_to = self.reference.filter(|_| self.kind.is_reply()).and_then(|reference| reference.message_id);
        let attached = self.attachments.into_iter().map(|attachment| attachment.file_name);
        let attached = attached.chain(self.stickers.into_iter().map(|sticker| format!("sticker: {}", sticker.name)));
        SentMessage {
            id: self.id,
            channel_id: head.channel.id,
            parent_channel_id: head.parent(),
            author: SentAuthor { id: self.author.id, name: self.author.shown_name(), bot: false },
            content: self.content.unwrap_or_default(),
            reply_to,
            edited_at: self.timestamp_edited,
            mentions: self.mentions.into_iter().take(MAX_MENTIONS).map(ExportedPerson::into_mention).collect(),
            attachments: attached.take(MAX_ATTACHMENTS).map(|text| clipped(&text, MAX_ATTACHMENT_CHARS)).collect(),
        }
    }
}

impl ExportedPerson {
    /// The name shown in the guild. Deleted accounts can have none at all.
    fn shown_name(&self) -> String {
        let names = [&self.nickname, &self.name].into_iter().flatten();
        let name = names.map(|name| name.trim()).find(|name| !name.is_empty());
        clipped(name.unwrap_or("unknown"), MAX_NAME_CHARS)
    }

    fn into_mention(self) -> SentMention {
        SentMention { id: self.id, name: self.shown_name() }
    }
}

fn clipped(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn head(channel: Value) -> Head {
        serde_json::from_value(json!({"guild": {"id": "1", "name": "g"}, "channel": channel})).unwrap()
    }

    fn text_channel() -> Head {
        head(json!({"id": "2", "type": "GuildTextChat", "categoryId": "3", "category": "talk", "name": "general"}))
    }

    fn read(head: &Head, element: &Value) -> Result<Value, Skip> {
        let message = head.message(element.to_string().as_bytes()).unwrap();
        message.map(|message| serde_json::to_value(message).unwrap())
    }

    #[test]
    fn a_reply_of_the_current_form_is_read_whole() {
        let element = json!({
            "id": "1388414112890880001", "type": "Reply", "timestamp": "2025-06-28T07:02:00+00:00",
            "timestampEdited": "2025-06-28T10:03:00.5+03:00", "callEndedTimestamp": null, "isPinned": false,
            "content": "look, @Ben",
            "author": {"id": "10", "name": "ann", "discriminator": "0000", "nickname": "Ann", "isBot": false, "roles": []},
            "attachments": [{"id": "4", "url": "u", "fileName": "boat.png", "fileSizeBytes": 5}], "components": [],
            "embeds": [], "stickers": [{"id": "5", "name": "wave", "format": "Png", "sourceUrl": "u"}], "reactions": [],
            "mentions": [{"id": "11", "name": "ben", "nickname": "Ben", "isBot": false}],
            "reference": {"type": "Default", "messageId": "1388414112890880000", "channelId": "2", "guildId": "1"},
            "inlineEmojis": []
        });
        let expected = json!({
            "id": "1388414112890880001", "channel_id": "2", "author": {"id": "10", "name": "Ann"}, "content": "look, @Ben",
            "reply_to": "1388414112890880000", "edited_at": "2025-06-28T07:03:00.5Z",
            "mentions": [{"id": "11", "name": "Ben"}], "attachments": ["boat.png", "sticker: wave"]
        });
        assert_eq!(read(&text_channel(), &element), Ok(expected));
    }

    #[test]
    fn older_forms_lack_fields_and_write_kinds_as_numbers() {
        let old = json!({"id": "7", "type": "19", "content": "hi", "author": {"id": "10", "name": "Ann"}});
        let expected = json!({"id": "7", "channel_id": "2", "author": {"id": "10", "name": "Ann"}, "content": "hi"});
        assert_eq!(read(&text_channel(), &old), Ok(expected));
        let older = json!({"id": "7", "content": "hi", "author": {"id": "10", "name": " ", "isBot": false}});
        assert_eq!(read(&text_channel(), &older).unwrap()["author"]["name"], "unknown");
    }

    #[test]
    fn bots_and_system_messages_are_left_out() {
        let with = |kind: &str, is_bot: bool| json!({"id": "7", "type": kind, "content": "x", "author": {"id": "10", "name": "A", "isBot": is_bot}});
        assert_eq!(read(&text_channel(), &with("Default", true)), Err(Skip::Bot));
        for kind in ["GuildMemberJoin", "ChannelPinnedMessage", "ThreadCreated", "8"] {
            assert_eq!(read(&text_channel(), &with(kind, false)), Err(Skip::System), "{kind}");
        }
    }

    #[test]
    fn a_thread_belongs_to_the_channel_that_is_called_its_category() {
        let thread = head(json!({"id": "2", "type": "GuildPublicThread", "categoryId": "3", "name": "a thread"}));
        let element = json!({"id": "7", "type": "Default", "content": "x", "author": {"id": "10", "name": "A"}});
        assert_eq!(read(&thread, &element).unwrap()["parent_channel_id"], "3");
        assert_eq!(read(&text_channel(), &element).unwrap().get("parent_channel_id"), None);
        let direct: Head = serde_json::from_value(json!({"guild": {"id": "0"}, "channel": {"id": "2"}})).unwrap();
        assert_eq!(direct.guild(), None);
    }
}
