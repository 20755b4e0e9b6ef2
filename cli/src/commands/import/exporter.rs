//! Messages as DiscordChatExporter writes them, in its current form and in older ones, which lack some fields.

use guild_memory::{
    contract::{SentAuthor, SentMention, SentMessage},
    discord::Shown,
    domain::{ChannelId, GuildId, MAX_MENTIONS, MAX_NAME_CHARS, MessageId, UserId, cut},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    lenient::{flag, id, kind, time},
    message::Skip,
    parse::{Misfit, parse},
};

/// What stands before the messages of an export.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    guild: HeadGuild,
    channel: HeadChannel,
}

#[derive(Debug, Default, Deserialize)]
struct HeadGuild {
    /// Direct messages have "0", or none.
    #[serde(default, deserialize_with = "id")]
    id: Option<GuildId>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadChannel {
    id: ChannelId,
    #[serde(default, rename = "type", deserialize_with = "kind")]
    kind: String,
    /// "0", or none, where there is no category.
    #[serde(default, deserialize_with = "id")]
    category_id: Option<ChannelId>,
}

/// Kinds of channels that are threads: names end with "Thread", numbers are those of Discord
/// (<https://docs.discord.com/developers/resources/channel#channel-object-channel-types>).
const THREADS: [&str; 3] = ["10", "11", "12"];
/// Kinds of messages that people write, by name and by number.
const PLAIN: [&str; 3] = ["", "default", "0"];
const REPLY: [&str; 2] = ["reply", "19"];

impl Head {
    /// The guild; direct messages have none.
    pub(super) fn guild(&self) -> Option<GuildId> {
        self.guild.id
    }

    /// The message in that element, or why it is left out.
    pub(super) fn message(&self, element: &[u8]) -> Result<Result<SentMessage, Skip>, Misfit> {
        let exported: Exported = parse(element)?;
        if exported.author.is_bot {
            return Ok(Err(Skip::Bot));
        }
        if !exported.is_plain() && !exported.is_reply() {
            return Ok(Err(Skip::System));
        }
        Ok(Ok(exported.into_message(self)))
    }

    /// The channel a thread belongs to, which an export calls its category.
    fn parent(&self) -> Option<ChannelId> {
        let kind = self.channel.kind.as_str();
        self.channel.category_id.filter(|_| kind.ends_with("thread") || THREADS.contains(&kind))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exported {
    id: MessageId,
    #[serde(default, rename = "type", deserialize_with = "kind")]
    kind: String,
    #[serde(default, deserialize_with = "time")]
    timestamp_edited: Option<Timestamp>,
    #[serde(default)]
    content: Option<String>,
    author: ExportedPerson,
    #[serde(default)]
    mentions: Option<Vec<ExportedPerson>>,
    #[serde(default)]
    reference: Option<Reference>,
    #[serde(flatten)]
    shown: Shown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportedPerson {
    id: UserId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    nickname: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    is_bot: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    #[serde(default, deserialize_with = "id")]
    message_id: Option<MessageId>,
}

impl Exported {
    fn is_plain(&self) -> bool {
        PLAIN.contains(&self.kind.as_str())
    }

    fn is_reply(&self) -> bool {
        REPLY.contains(&self.kind.as_str())
    }

    fn into_message(self, head: &Head) -> SentMessage {
        // A plain message can refer to one, too: to the one that was forwarded.
        let reply_to = self.reference.as_ref().filter(|_| self.is_reply()).and_then(|reference| reference.message_id);
        let mentions = self.mentions.unwrap_or_default();
        SentMessage {
            id: self.id,
            channel_id: head.channel.id,
            parent_channel_id: head.parent(),
            author: SentAuthor { id: self.author.id, name: self.author.shown_name(), bot: false },
            // An export says what was shown when it was made, and not whether that was a nick.
            member: None,
            content: self.shown.text(&self.content.unwrap_or_default()),
            reply_to,
            edited_at: self.timestamp_edited,
            mentions: mentions.into_iter().take(MAX_MENTIONS).map(ExportedPerson::into_mention).collect(),
            attachments: self.shown.attachments(),
        }
    }
}

impl ExportedPerson {
    /// The name shown in the guild. Deleted accounts can have none at all.
    fn shown_name(&self) -> String {
        let names = [&self.nickname, &self.name].into_iter().flatten();
        let name = names.map(|name| name.trim()).find(|name| !name.is_empty());
        cut(name.unwrap_or("unknown"), MAX_NAME_CHARS)
    }

    fn into_mention(self) -> SentMention {
        SentMention { id: self.id, name: self.shown_name() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

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
        for thread in [json!(11), json!("11"), json!("GuildPrivateThread"), json!("guildNewsThread")] {
            let thread = head(json!({"id": 2, "type": thread, "categoryId": 3}));
            assert_eq!(read(&thread, &element).unwrap()["parent_channel_id"], "3");
        }
    }

    #[test]
    fn what_has_no_category_and_no_guild_says_so_in_many_ways() {
        let element = json!({"id": "7", "type": 0, "content": "x", "author": {"id": "10", "name": "A", "isBot": 0}});
        for none in [json!("0"), json!(0), json!(""), Value::Null, json!("none")] {
            let channel = json!({"id": "2", "type": "GuildPublicThread", "categoryId": none});
            assert_eq!(read(&head(channel), &element).unwrap().get("parent_channel_id"), None, "{none}");
            let direct = json!({"guild": {"id": none}, "channel": {"id": "2", "type": 1}});
            assert_eq!(serde_json::from_value::<Head>(direct).unwrap().guild(), None, "{none}");
        }
        let direct: Head = serde_json::from_value(json!({"channel": {"id": "2"}})).unwrap();
        assert_eq!(direct.guild(), None);
    }

    #[test]
    fn kinds_are_names_or_numbers() {
        let with = |kind: Value| json!({"id": "7", "type": kind, "content": "x", "author": {"id": "10", "name": "A"}});
        for said in [json!(0), json!("0"), json!("Default"), json!("DEFAULT"), Value::Null, json!(19), json!("Reply")] {
            assert!(read(&text_channel(), &with(said.clone())).is_ok(), "{said}");
        }
        for system in [json!(7), json!("7"), json!(3), json!("Call"), json!(46)] {
            assert_eq!(read(&text_channel(), &with(system.clone())), Err(Skip::System), "{system}");
        }
    }

    #[test]
    fn a_forward_is_no_reply_and_its_words_are_marked() {
        let forward = json!({
            "id": "7", "type": "Default", "content": "", "author": {"id": "10", "name": "Ann"}, "attachments": [],
            "reference": {"type": "Forward", "messageId": "5", "channelId": "9", "guildId": "1"},
            "forwardedMessage": {"timestamp": "2025-08-24T10:00:00+00:00", "content": "The ferry is late.", "attachments": []}
        });
        let message = read(&text_channel(), &forward).unwrap();
        assert_eq!((&message["content"], message.get("reply_to")), (&json!("[forwarded: The ferry is late.]"), None));
    }

    #[test]
    fn half_an_emoji_and_an_odd_time_cost_no_message() {
        let element =
            br#"{"id":"7","content":"nice \ud83d","timestampEdited":"05-May-20","author":{"id":"10","name":"A"}}"#;
        let message = text_channel().message(element).unwrap().unwrap();
        assert_eq!((message.content.as_str(), message.edited_at), ("nice \u{fffd}", None));
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path() {
        let misfit = |element: Value| text_channel().message(element.to_string().as_bytes()).unwrap_err().what;
        let author = json!({"id": "x", "name": "A"});
        assert!(misfit(json!({"id": "7", "author": author})).starts_with("author.id: not a snowflake"), "{author}");
        assert_eq!(misfit(json!({"id": "7"})), "missing field `author`");
    }
}
