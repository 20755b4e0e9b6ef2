//! Events of Discord's gateway, and what they change.

use std::collections::BTreeSet;

use guild_memory::domain::{ChannelId, GuildId, RoleId};
use serde_json::{Value, json};

use crate::{guilds::Guilds, sent::Sent};

/// Kinds of a message that people write: a plain one, and a reply.
const SAID: [u64; 2] = [0, 19];

/// A message or a deletion, in the shape of `ingest_messages`.
#[derive(Debug, PartialEq)]
pub(crate) struct Change {
    /// The guild.
    pub(crate) guild: String,
    /// The message, or the id of the one that was deleted.
    pub(crate) what: Value,
    /// Which of both.
    pub(crate) is_deletion: bool,
}

/// Reads events, and knows which channels are open: nothing else is handed on.
#[derive(Default)]
pub(crate) struct Reader {
    guilds: Guilds,
    sent: Sent,
}

impl Reader {
    /// Of guilds whose audience are the members with one of these roles; of others it is everybody.
    pub(crate) fn of_audiences(roles: BTreeSet<RoleId>) -> Self {
        Self { guilds: Guilds::new(roles), sent: Sent::default() }
    }

    /// What an event changes; most change nothing.
    pub(crate) fn read(&mut self, text: &str) -> Vec<Change> {
        let Ok(event) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        let data = &event["d"];
        match event["t"].as_str().unwrap_or_default() {
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" => self.message(data).into_iter().collect(),
            "MESSAGE_DELETE" => deletion(data, &data["id"]).into_iter().collect(),
            "MESSAGE_DELETE_BULK" => array(&data["ids"]).iter().filter_map(|id| deletion(data, id)).collect(),
            kind => self.guilds.note(kind, data).map(|guild| self.take_back(guild)).unwrap_or_default(),
        }
    }

    /// What was sent of channels that are closed or gone now is deleted again.
    fn take_back(&mut self, guild: GuildId) -> Vec<Change> {
        let closed = self.sent.take_closed(guild, |channel| self.guilds.is_open(guild, channel));
        let change = |id| Change { guild: guild.to_string(), what: json!(id), is_deletion: true };
        closed.into_iter().map(change).collect()
    }

    fn message(&mut self, data: &Value) -> Option<Change> {
        let guild: GuildId = data["guild_id"].as_str()?.parse().ok()?;
        let channel: ChannelId = data["channel_id"].as_str()?.parse().ok()?;
        let kind = data["type"].as_u64()?;
        if !SAID.contains(&kind) || !self.guilds.is_open(guild, channel) {
            return None;
        }
        self.sent.note(guild, channel, data["id"].as_str()?.to_owned());
        let attachments =
            array(&data["attachments"]).iter().filter_map(|one| text(&[&one["description"], &one["filename"]]));
        let stickers = array(&data["sticker_items"]).iter().filter_map(|one| one["name"].as_str());
        let attached: Vec<String> = attachments.chain(stickers.map(|name| format!("sticker: {name}"))).collect();
        let what = json!({
            "id": data["id"],
            "channel_id": data["channel_id"],
            "parent_channel_id": self.guilds.parent(guild, channel),
            "author": {
                "id": data["author"]["id"],
                "name": name(&data["author"], &Value::Null),
                "bot": data["author"]["bot"] == true || data["webhook_id"].is_string(),
            },
            "member": member(&data["member"]),
            "content": data["content"],
            "reply_to": if kind == SAID[1] { data["message_reference"]["message_id"].clone() } else { Value::Null },
            "edited_at": data["edited_timestamp"],
            "mentions": array(&data["mentions"]).iter().map(person).collect::<Vec<_>>(),
            "attachments": attached,
        });
        Some(Change { guild: guild.to_string(), what, is_deletion: false })
    }
}

fn deletion(data: &Value, id: &Value) -> Option<Change> {
    Some(Change { guild: data["guild_id"].as_str()?.to_owned(), what: id.clone(), is_deletion: true })
}

fn person(mention: &Value) -> Value {
    json!({"id": mention["id"], "name": name(mention, &mention["member"])})
}

/// The member of the guild who wrote it, where the event has one.
fn member(member: &Value) -> Value {
    if member.is_object() { json!({"nick": member["nick"]}) } else { Value::Null }
}

/// The nick, if there is a member with one, else the account's name.
fn name(user: &Value, member: &Value) -> Option<String> {
    text(&[&member["nick"], &user["global_name"], &user["username"]])
}

/// The first of them that is a text with something in it.
fn text(candidates: &[&Value]) -> Option<String> {
    let texts = candidates.iter().filter_map(|value| value.as_str());
    texts.map(str::to_owned).find(|text| !text.trim().is_empty())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: &mut Reader, kind: &str, data: Value) -> Vec<Change> {
        reader.read(&json!({"op": 0, "s": 1, "t": kind, "d": data}).to_string())
    }

    /// A guild as it is when the bot connects.
    fn begin(reader: &mut Reader) {
        let denied = |bits: u64| json!([{"id": "1", "type": 0, "allow": "0", "deny": bits.to_string()}]);
        let guild = json!({
            "id": "1", "owner_id": "9", "roles": [{"id": "1", "permissions": (66_560 | 1 << 20).to_string()}], "threads": [],
            "channels": [
                {"id": "7", "type": 0},
                {"id": "8", "type": 0, "permission_overwrites": denied(1024)},
                {"id": "9", "type": 2, "permission_overwrites": denied(1 << 20)},
                {"id": "10", "type": 0, "nsfw": true},
            ],
        });
        assert_eq!(read(reader, "GUILD_CREATE", guild), []);
    }

    fn reader() -> Reader {
        let mut reader = Reader::default();
        begin(&mut reader);
        reader
    }

    #[test]
    fn a_message_in_a_thread_is_taken_over() {
        let mut reader = reader();
        read(&mut reader, "THREAD_CREATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}));
        let message = json!({
            "id": "5", "guild_id": "1", "channel_id": "70", "type": 19, "content": "hi <@11>",
            "author": {"id": "10", "username": "ann", "global_name": "Ann"}, "member": {"nick": "Annie"},
            "mentions": [{"id": "11", "username": "ben", "global_name": null}], "edited_timestamp": null,
            "attachments": [{"filename": "a.png", "description": "a cat"}], "sticker_items": [{"name": "wave"}],
            "message_reference": {"message_id": "4"},
        });
        let what = json!({
            "id": "5", "channel_id": "70", "parent_channel_id": "7", "author": {"id": "10", "name": "Ann", "bot": false},
            "member": {"nick": "Annie"},
            "content": "hi <@11>", "reply_to": "4", "edited_at": null, "mentions": [{"id": "11", "name": "ben"}],
            "attachments": ["a cat", "sticker: wave"],
        });
        let expected = Change { guild: "1".into(), what, is_deletion: false };
        assert_eq!(read(&mut reader, "MESSAGE_CREATE", message), [expected]);
    }

    /// Discord, Threads: "When a thread is unarchived, there is no guarantee that an app has the thread in memory. The Gateway
    /// will send a Thread Update event, which contains the full channel object."
    #[test]
    fn the_channel_of_a_thread_that_was_archived_is_known_again() {
        let mut reader = reader();
        read(&mut reader, "THREAD_UPDATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}));
        let message = json!({"id": "5", "guild_id": "1", "channel_id": "70", "type": 0, "content": "hi",
            "author": {"id": "10", "username": "ann"}});
        assert_eq!(read(&mut reader, "MESSAGE_CREATE", message)[0].what["parent_channel_id"], "7");
    }

    fn said(id: u64, channel: u64) -> Value {
        json!({"id": id.to_string(), "guild_id": "1", "channel_id": channel.to_string(), "type": 0, "content": "hi",
            "author": {"id": "10", "username": "ann"}})
    }

    /// How many of the channels 7 (open), 8 (hidden), 9 (a locked voice channel), 70 and 80 (threads in 7 and 8), 71 (a
    /// private thread in 7), 10 (age-restricted) and 99 (unknown) are heard.
    fn heard(reader: &mut Reader) -> Vec<u64> {
        let channels = [7, 8, 9, 70, 71, 80, 10, 99];
        channels
            .into_iter()
            .filter(|channel| !read(reader, "MESSAGE_CREATE", said(channel * 10, *channel)).is_empty())
            .collect()
    }

    #[test]
    fn rule_26_only_what_everybody_may_read_is_heard() {
        let mut reader = reader();
        for thread in [(70, 7, 11), (71, 7, 12), (80, 8, 11)] {
            let (id, parent, kind) = thread;
            let thread = json!({"id": id.to_string(), "guild_id": "1", "parent_id": parent.to_string(), "type": kind});
            read(&mut reader, "THREAD_CREATE", thread);
        }
        assert_eq!(heard(&mut reader), [7, 70]);
        let role = |permissions: &str| json!({"guild_id": "1", "role": {"id": "1", "permissions": permissions}});
        read(&mut reader, "GUILD_ROLE_UPDATE", role("0"));
        assert_eq!(heard(&mut reader), [0; 0]);
        read(&mut reader, "GUILD_ROLE_UPDATE", role("66560"));
        assert_eq!(heard(&mut reader), [7, 70]);
        read(&mut reader, "GUILD_DELETE", json!({"id": "1", "unavailable": true}));
        assert_eq!(heard(&mut reader), [0; 0]);
    }

    #[test]
    fn rule_26_an_audience_with_a_role_hears_what_that_role_reads() {
        let mut reader = Reader::of_audiences(["5".parse().unwrap()].into());
        begin(&mut reader);
        assert_eq!(heard(&mut reader), [7], "the guild has no such role");
        let verified = json!({"guild_id": "1", "role": {"id": "5", "permissions": "0"}});
        read(&mut reader, "GUILD_ROLE_CREATE", verified);
        let overwrites = json!([
            {"id": "1", "type": 0, "allow": "0", "deny": "1024"},
            {"id": "5", "type": 0, "allow": "1024", "deny": "0"},
        ]);
        let channel = json!({"id": "8", "guild_id": "1", "type": 0, "permission_overwrites": overwrites});
        read(&mut reader, "CHANNEL_UPDATE", channel);
        assert_eq!(heard(&mut reader), [7, 8]);
    }

    #[test]
    fn rule_28_what_was_sent_is_taken_back_when_its_channel_closes_or_is_gone() {
        let deleted = |changes: Vec<Change>| -> Vec<Value> {
            assert!(changes.iter().all(|change| change.is_deletion));
            changes.into_iter().map(|change| change.what).collect()
        };
        let hidden = json!([{"id": "1", "type": 0, "deny": "1024"}]);
        let closed = json!({"id": "7", "guild_id": "1", "type": 0, "permission_overwrites": hidden});
        for (kind, data, expected) in [
            ("CHANNEL_UPDATE", closed, json!(["1", "2"])),
            ("CHANNEL_DELETE", json!({"id": "7", "guild_id": "1", "type": 0}), json!(["1", "2"])),
            ("THREAD_DELETE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}), json!(["2"])),
            ("THREAD_UPDATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}), json!([])),
        ] {
            let mut reader = reader();
            read(&mut reader, "THREAD_CREATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}));
            read(&mut reader, "MESSAGE_CREATE", said(1, 7));
            read(&mut reader, "MESSAGE_CREATE", said(2, 70));
            assert_eq!(json!(deleted(read(&mut reader, kind, data.clone()))), expected, "{kind}");
            assert_eq!(deleted(read(&mut reader, kind, data)), [Value::Null; 0], "once");
        }
    }

    #[test]
    fn an_archived_thread_stays_known_when_the_bot_is_connected_again() {
        let mut reader = reader();
        read(&mut reader, "THREAD_CREATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}));
        read(&mut reader, "MESSAGE_CREATE", said(2, 70));
        begin(&mut reader);
        assert_eq!(heard(&mut reader), [7, 70]);
    }

    /// Discord, Guild Delete: "a guild becomes or was already unavailable due to an outage, or the user leaves".
    #[test]
    fn nothing_is_taken_back_while_a_guild_is_away_nor_when_it_is_there_again() {
        for away in [
            ("GUILD_DELETE", json!({"id": "1", "unavailable": true})),
            ("GUILD_DELETE", json!({"id": "1"})),
            ("GUILD_CREATE", json!({"id": "1", "unavailable": true})),
        ] {
            let mut reader = reader();
            read(&mut reader, "THREAD_CREATE", json!({"id": "70", "guild_id": "1", "parent_id": "7", "type": 11}));
            read(&mut reader, "MESSAGE_CREATE", said(2, 70));
            assert_eq!(read(&mut reader, away.0, away.1), []);
            let role = json!({"guild_id": "1", "role": {"id": "5", "permissions": "0"}});
            assert_eq!(read(&mut reader, "GUILD_ROLE_CREATE", role), []);
            assert_eq!(heard(&mut reader), [0; 0]);
            begin(&mut reader);
            assert_eq!(heard(&mut reader), [7, 70], "the thread was archived meanwhile, and is not listed");
        }
    }

    #[test]
    fn a_guild_that_cannot_be_read_closes_nothing() {
        let mut reader = reader();
        read(&mut reader, "MESSAGE_CREATE", said(1, 7));
        for odd in [json!({"id": "1", "roles": "?", "channels": []}), json!({"id": "1", "roles": []})] {
            assert_eq!(read(&mut reader, "GUILD_CREATE", odd), []);
            assert_eq!(heard(&mut reader), [7]);
        }
    }

    #[test]
    fn deletions_come_alone_and_in_bulk() {
        let mut reader = reader();
        let deletion = |id: &str| Change { guild: "1".into(), what: json!(id), is_deletion: true };
        let one = read(&mut reader, "MESSAGE_DELETE", json!({"id": "5", "guild_id": "1", "channel_id": "7"}));
        assert_eq!(one, [deletion("5")]);
        let many = read(&mut reader, "MESSAGE_DELETE_BULK", json!({"ids": ["5", "6"], "guild_id": "1"}));
        assert_eq!(many, [deletion("5"), deletion("6")]);
    }

    #[test]
    fn what_is_no_message_of_a_guild_is_left_out() {
        let mut reader = reader();
        let direct = json!({"id": "5", "channel_id": "7", "type": 0, "author": {"id": "10"}});
        let joined = json!({"id": "5", "channel_id": "7", "guild_id": "1", "type": 7, "author": {"id": "10"}});
        assert!(read(&mut reader, "MESSAGE_CREATE", direct).is_empty());
        assert!(read(&mut reader, "MESSAGE_CREATE", joined).is_empty());
        assert!(read(&mut reader, "TYPING_START", json!({})).is_empty() && reader.read("no json").is_empty());
    }
}
