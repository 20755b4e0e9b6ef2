//! Three guilds as Discord has them, and what people do to them.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{ChannelId, GuildId, MessageId},
    testing::id_at,
};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{DiscordFault, DiscordScript};
use serde_json::{Value, json};

pub(crate) const GUILDS: [u64; 3] = [1_000, 2_000, 3_000];
const READING: &str = "66560";
/// A channel that only who has the role may see, and one that everybody else may.
const HIDDEN: u64 = 99;
const FOR_OTHERS: u64 = 12;
/// The other audience.
pub(crate) const ROLE: u64 = 5;
const OFFSET_OF_THREADS: u64 = 50;

/// What is in a message that the table should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) channel: ChannelId,
    pub(crate) content: String,
    pub(crate) edited_at: Option<Timestamp>,
}

pub(crate) type Truths = BTreeMap<(GuildId, MessageId), Truth>;

/// Everything that was said where everybody may read it.
pub(crate) struct Script {
    discord: DiscordScript,
    pub(crate) truths: Truths,
    /// What was said in the hidden channels.
    pub(crate) hidden: Truths,
    random: fastrand::Rng,
    last: u64,
}

/// How a channel is taken from those who could read it.
#[derive(Clone, Copy)]
pub(crate) enum Closing {
    /// Nobody sees it any more.
    Hidden,
    /// Nobody may read what was written before.
    WithoutHistory,
    /// It is marked as for adults.
    ForAdults,
    /// It is deleted.
    Deleted,
    /// Everybody but the bot may read on.
    WithoutBot,
}

impl Closing {
    pub(crate) const ALL: [Self; 5] =
        [Self::Hidden, Self::WithoutHistory, Self::ForAdults, Self::Deleted, Self::WithoutBot];

    /// Whether the threads in the channel are closed with it. The fault of the stand-in is about the channel alone.
    pub(crate) fn takes_threads(self) -> bool {
        !matches!(self, Self::WithoutBot)
    }
}

/// Where something is said.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) guild: u64,
    pub(crate) channel: u64,
}

impl Script {
    /// `messages` of the week before `now`, in 40 channels and 12 threads of three guilds; bots and hidden channels beside.
    pub(crate) fn of_a_week(discord: &DiscordScript, now: Timestamp, messages: u64) -> Self {
        let random = fastrand::Rng::with_seed(42);
        let mut script =
            Self { discord: discord.clone(), truths: Truths::new(), hidden: Truths::new(), random, last: 0 };
        let week = 7 * 24 * 60 * 60 * 1_000 - 60_000;
        script.open_guilds();
        for n in 0..messages {
            let at = now - SignedDuration::from_millis((week - week * n as i64 / messages as i64).max(1));
            let spot = script.any_spot();
            script.say(spot, at);
        }
        script
    }

    fn open_guilds(&self) {
        for guild in GUILDS {
            self.discord.put_guild(&guild.to_string(), READING);
            self.discord.put_role(&guild.to_string(), &ROLE.to_string(), "0");
            for channel in spots().filter(|spot| spot.guild == guild).map(|spot| spot.channel) {
                let thread = channel % 100 >= OFFSET_OF_THREADS;
                let (kind, parent) =
                    if thread { (11, Some((channel - OFFSET_OF_THREADS).to_string())) } else { (0, None) };
                let channel = json!({"id": channel.to_string(), "type": kind, "parent_id": parent});
                self.discord.put_channel(&guild.to_string(), channel);
            }
            let of_role =
                |allow: &str, deny: &str| json!({"id": ROLE.to_string(), "type": 0, "allow": allow, "deny": deny});
            self.put_text(for_others(guild), json!({"permission_overwrites": [of_role("0", "1024")]}));
            self.put_text(
                hidden(guild),
                json!({"permission_overwrites": [denied(guild, "1024"), of_role("1024", "0")]}),
            );
        }
    }

    /// From now on a channel cannot be read any more.
    pub(crate) fn close(&self, spot: Spot, how: Closing) {
        let Spot { guild, channel } = spot;
        match how {
            Closing::Hidden => self.put_text(spot, json!({"permission_overwrites": [denied(guild, "1024")]})),
            Closing::WithoutHistory => self.put_text(spot, json!({"permission_overwrites": [denied(guild, "65536")]})),
            Closing::ForAdults => self.put_text(spot, json!({"nsfw": true})),
            Closing::Deleted => self.discord.remove_channel(&guild.to_string(), &channel.to_string()),
            Closing::WithoutBot => {
                let path = Some(format!("/channels/{channel}/messages"));
                self.discord.fail(DiscordFault { path, status: 403, code: 50_001, ..DiscordFault::default() });
            }
        }
    }

    fn put_text(&self, Spot { guild, channel }: Spot, mut object: Value) {
        object["id"] = json!(channel.to_string());
        object["type"] = json!(0);
        self.discord.put_channel(&guild.to_string(), object);
    }

    fn any_spot(&mut self) -> Spot {
        let spots: Vec<Spot> = spots().collect();
        spots[self.random.usize(..spots.len())]
    }

    /// Somebody says something there; every twentieth time a bot does, and every fiftieth in a hidden channel.
    pub(crate) fn say(&mut self, spot: Spot, at: Timestamp) {
        self.last += 1;
        let n = self.last;
        let spot = if n.is_multiple_of(50) { hidden(spot.guild) } else { spot };
        let id = id_at(at, n % 4_096);
        let message = json!({
            "id": id, "type": 0, "channel_id": spot.channel.to_string(), "content": format!("word-{n}"),
            "author": {"id": (500 + n % 40).to_string(), "username": format!("member {}", n % 40), "bot": n.is_multiple_of(20)},
            "mentions": [], "attachments": [], "edited_timestamp": null,
        });
        self.discord.put_message(&spot.guild.to_string(), &spot.channel.to_string(), id.get(), Some(message));
        if !n.is_multiple_of(20) {
            let truth = Truth { channel: channel(spot), content: format!("word-{n}"), edited_at: None };
            let truths = if n.is_multiple_of(50) { &mut self.hidden } else { &mut self.truths };
            truths.insert((guild(spot), id), truth);
        }
    }

    /// A message of after `since`, of those that people can read.
    pub(crate) fn any_message(&mut self, since: Timestamp) -> (GuildId, MessageId) {
        let recent: Vec<_> = self.truths.keys().filter(|(_, id)| id.written_at() > since).copied().collect();
        recent[self.random.usize(..recent.len())]
    }

    pub(crate) fn edit(&mut self, key: (GuildId, MessageId), at: Timestamp) {
        let truth = self.truths.get_mut(&key).unwrap();
        (truth.content, truth.edited_at) = (format!("{}, edited", truth.content), Some(at));
        let (channel, content) = (truth.channel, truth.content.clone());
        let message = json!({
            "id": key.1, "type": 0, "content": content, "edited_timestamp": at.to_string(),
            "author": {"id": "501", "username": "member 1"},
        });
        self.put(key, channel, Some(message));
    }

    pub(crate) fn delete(&mut self, key: (GuildId, MessageId)) {
        let truth = self.truths.remove(&key).unwrap();
        self.put(key, truth.channel, None);
    }

    fn put(&self, key: (GuildId, MessageId), channel: ChannelId, message: Option<Value>) {
        self.discord.put_message(&key.0.to_string(), &channel.to_string(), key.1.get(), message);
    }
}

/// 13 or 14 channels a guild, and four threads.
pub(crate) fn spots() -> impl Iterator<Item = Spot> {
    GUILDS.into_iter().zip([14, 13, 13]).flat_map(|(guild, channels)| {
        let threads = (1..=4).map(|n| n + OFFSET_OF_THREADS);
        (1..=channels).chain(threads).map(move |n| Spot { guild, channel: guild + n })
    })
}

fn denied(guild: u64, permissions: &str) -> Value {
    json!({"id": guild.to_string(), "type": 0, "allow": "0", "deny": permissions})
}

/// Where only who has the role may read.
fn hidden(guild: u64) -> Spot {
    Spot { guild, channel: guild + HIDDEN }
}

/// Where everybody but those who have the role may read.
pub(crate) fn for_others(guild: u64) -> Spot {
    Spot { guild, channel: guild + FOR_OTHERS }
}

/// Without the threads.
pub(crate) fn channels() -> impl Iterator<Item = Spot> {
    spots().filter(|spot| spot.channel % 100 < OFFSET_OF_THREADS)
}

/// The thread in a channel, where there is one.
pub(crate) fn thread_in(spot: Spot) -> Spot {
    Spot { channel: spot.channel + OFFSET_OF_THREADS, ..spot }
}

pub(crate) fn guild(spot: Spot) -> GuildId {
    GuildId::try_from(spot.guild).unwrap()
}

pub(crate) fn channel(spot: Spot) -> ChannelId {
    ChannelId::try_from(spot.channel).unwrap()
}
