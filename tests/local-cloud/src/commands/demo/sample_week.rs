//! The sample week in `events/`, moved so that its last day is today.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use local_cloud::DiscordScript;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const MESSAGES: &str = include_str!("../../../../../events/sample-week/ingest_messages.json");
const PEOPLE: &str = include_str!("../../../../../events/sample-week/people.json");

/// Seeing channels, and reading what was written before.
const READING: &str = "66560";
/// Where Discord's time begins, in milliseconds.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How far apart those messages are put that would lie in the future.
const LARGEST_GAP: i64 = 60_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Week {
    guild_id: String,
    messages: Vec<Message>,
}

/// A message, as far as it has to be understood to be moved and shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    #[serde(with = "snowflake")]
    id: u64,
    author: Author,
    pub(super) content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Author {
    id: String,
    name: String,
    #[serde(default)]
    bot: bool,
}

/// What Discord has, and inputs of `people`.
pub(super) struct SampleWeek {
    week: Week,
    taught: Vec<Value>,
}

impl SampleWeek {
    /// The week that ends now.
    pub(super) fn until(now: Timestamp) -> Result<Self> {
        let mut week: Week = serde_json::from_str(MESSAGES).context("events/sample-week/ingest_messages.json")?;
        move_to(&mut week.messages, now);
        Ok(Self { week, taught: serde_json::from_str(PEOPLE).context("events/sample-week/people.json")? })
    }

    pub(super) fn guild_id(&self) -> &str {
        &self.week.guild_id
    }

    /// Lets Discord have the week.
    pub(super) fn tell_discord(&self, discord: &DiscordScript) -> Result<()> {
        discord.put_guild(&self.week.guild_id, READING);
        for message in &self.week.messages {
            let channel = message.rest["channel_id"].as_str().context("a message without a channel")?;
            discord.put_channel(&self.week.guild_id, json!({"id": channel, "type": 0}));
        }
        for message in &self.week.messages {
            let channel = message.rest["channel_id"].as_str().unwrap_or_default();
            discord.put_message(&self.week.guild_id, channel, message.id, Some(message.in_discord()));
        }
        Ok(())
    }

    /// How many messages bots wrote.
    pub(super) fn messages_of_bots(&self) -> usize {
        self.week.messages.iter().filter(|message| message.author.bot).count()
    }

    /// The inputs of `people`.
    pub(super) fn taught(&self) -> &[Value] {
        &self.taught
    }

    /// Id and name of everybody who wrote and is no bot, in the order of their ids.
    pub(super) fn people(&self) -> Vec<(String, String)> {
        let authors = self.week.messages.iter().map(|message| &message.author).filter(|author| !author.bot);
        let people: BTreeMap<_, _> = authors.map(|author| (author.id.clone(), author.name.clone())).collect();
        people.into_iter().collect()
    }

    pub(super) fn messages_of<'a>(&'a self, person: &'a str) -> impl Iterator<Item = &'a Message> {
        self.week.messages.iter().filter(move |message| message.author.id == person)
    }

    pub(super) fn facts_of(&self, person: &str) -> Vec<String> {
        let own = self.taught.iter().filter(|call| call["user_id"] == person && call["op"] == "remember");
        own.filter_map(|call| call["text"].as_str().map(str::to_owned)).collect()
    }
}

impl Message {
    /// As Discord's REST shows it.
    fn in_discord(&self) -> Value {
        let described = self.rest.get("attachments").and_then(Value::as_array).into_iter().flatten();
        json!({
            "id": self.id.to_string(),
            "type": if self.reply_to.is_some() { 19 } else { 0 },
            "content": self.content,
            "author": {"id": self.author.id, "username": self.author.name, "bot": self.author.bot},
            "edited_timestamp": self.edited_at,
            "message_reference": self.reply_to.as_ref().map(|id| json!({"message_id": id})),
            "attachments": described.map(|text| json!({"description": text})).collect::<Vec<_>>(),
        })
    }

    pub(super) fn written_at(&self) -> Timestamp {
        Timestamp::from_millisecond(milliseconds(self.id)).unwrap_or(Timestamp::MAX)
    }
}

/// The first id of that moment.
pub(super) fn id_at(moment: Timestamp) -> u64 {
    with_time(0, moment.as_millisecond())
}

/// Moves everything by whole days until the last day is today; what would lie in the future comes just before now.
fn move_to(messages: &mut [Message], now: Timestamp) {
    messages.sort_by_key(|message| message.id);
    let Some(last) = messages.last() else { return };
    let now_ms = now.as_millisecond();
    let shift = (now_ms.div_euclid(DAY) - milliseconds(last.id).div_euclid(DAY)) * DAY;
    let ids = moved_ids(&messages.iter().map(|message| message.id).collect::<Vec<_>>(), shift, now_ms);
    let by_old_id: BTreeMap<String, u64> =
        messages.iter().map(|message| message.id.to_string()).zip(ids.clone()).collect();
    for (message, id) in messages.iter_mut().zip(ids) {
        message.id = id;
        message.reply_to =
            message.reply_to.as_ref().map(|old| by_old_id.get(old).map_or_else(|| old.clone(), u64::to_string));
        message.edited_at = message.edited_at.map(|at| {
            let moved = at.saturating_add(SignedDuration::from_millis(shift)).unwrap_or(now);
            moved.clamp(message.written_at().min(now), now)
        });
    }
}

/// The new ids of sorted old ones, sorted and unique as they were.
fn moved_ids(old: &[u64], shift: i64, now_ms: i64) -> Vec<u64> {
    let shifted = |id: u64| milliseconds(id) + shift;
    let first_future = old.partition_point(|&id| shifted(id) < now_ms);
    let today = now_ms.div_euclid(DAY) * DAY;
    let free_from = first_future.checked_sub(1).map_or(today, |last| shifted(old[last]).max(today));
    let future = i64::try_from(old.len() - first_future).unwrap_or(0);
    let gap = LARGEST_GAP.min((now_ms - free_from) / (future + 1));
    let mut ids: Vec<u64> = Vec::with_capacity(old.len());
    for (index, &id) in old.iter().enumerate() {
        let at = if index < first_future { shifted(id) } else { now_ms - gap * steps_from_end(index, old.len()) };
        ids.push(with_time(id, at).max(ids.last().map_or(0, |last| last + 1)));
    }
    ids
}

/// 1 for the last one.
fn steps_from_end(index: usize, length: usize) -> i64 {
    i64::try_from(length - index).unwrap_or(0)
}

fn milliseconds(id: u64) -> i64 {
    i64::try_from(id >> 22).unwrap_or(i64::MAX >> 1) + DISCORD_EPOCH
}

fn with_time(id: u64, milliseconds: i64) -> u64 {
    let time = u64::try_from(milliseconds - DISCORD_EPOCH).unwrap_or(0);
    (time << 22) | (id & 0x3f_ffff)
}

mod snowflake {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
