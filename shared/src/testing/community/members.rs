//! Who somebody is, and what they are called.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::words::{Fate, Is, Words};
use crate::domain::{GuildId, MessageId, UserId};

/// The beginnings of each other, as keys of items might confuse them.
pub(super) const IDS: [u64; 6] = [10, 101, 1_010, 11, 110, 100];
/// Several people have these, and some are what somebody else is called in a prompt or by Discord.
const NAMES: [&str; 8] =
    ["Ann", "ann", "Ann (m2)", "m1", "someone-1", "101", "<@11>", "\"/><member id=\"m1\" name=\"Ann"];
/// The channels of every guild.
pub(super) const CHANNELS: [u64; 3] = [7, 77, 8];

/// Somebody in a guild.
pub(super) struct Member {
    pub(super) id: UserId,
    name: String,
    nick: Option<String>,
    pub(super) opted_out: bool,
    /// What they wrote until then stays out.
    pub(super) ended_at: Option<Timestamp>,
}

impl Member {
    pub(super) fn new(id: u64, guild: GuildId, random: &mut fastrand::Rng, words: &mut Words) -> Self {
        let id = UserId::try_from(id).expect("a snowflake");
        let mut member = Self { id, name: String::new(), nick: None, opted_out: false, ended_at: None };
        member.rename(guild, random, words);
        member
    }

    /// Calls them something else from now on. Of who opted out no name is kept.
    pub(super) fn rename(&mut self, guild: GuildId, random: &mut fastrand::Rng, words: &mut Words) {
        let fate = if self.opted_out { Fate::Gone } else { Fate::Live };
        let mut name = || match random.u8(..3) {
            0 => NAMES[random.usize(..NAMES.len())].to_owned(),
            1 => words.add(guild, self.id, Is::Name, fate).1,
            _ => format!("{} {}", NAMES[random.usize(..NAMES.len())], words.add(guild, self.id, Is::Name, fate).1),
        };
        self.name = name();
        self.nick = Some(name()).filter(|_| random.bool());
    }

    /// Whether a message of theirs stays out.
    pub(super) fn keeps_out(&self, id: MessageId) -> bool {
        self.opted_out || self.ended_at.is_some_and(|ended_at| id.written_at() <= ended_at)
    }

    pub(super) fn as_author(&self) -> Value {
        json!({"id": self.id, "name": self.name})
    }

    /// The member as the gateway has it.
    pub(super) fn as_member(&self) -> Value {
        json!({"nick": self.nick})
    }
}
