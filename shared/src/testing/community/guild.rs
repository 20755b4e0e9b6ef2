//! A guild: who is in it, and what they said.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    members::{CHANNELS, IDS, Member},
    words::Words,
};
use crate::domain::{GuildId, MessageId, UserId};

/// Where people are, what was said, and what is open.
pub(super) struct Guild {
    pub(super) id: GuildId,
    pub(super) members: Vec<Member>,
    pub(super) said: Vec<Said>,
    /// The channels that are open, where anybody says so.
    pub(super) open: Option<BTreeSet<u64>>,
    /// Who wrote to whom.
    pub(super) mentions: BTreeSet<(UserId, UserId)>,
}

/// A message.
pub(super) struct Said {
    pub(super) id: MessageId,
    pub(super) author: usize,
    pub(super) channel: u64,
    /// As it was sent last.
    pub(super) sent: Value,
    /// The word of each of its versions.
    pub(super) words: Vec<usize>,
    /// Nothing brings it back.
    pub(super) is_over: bool,
}

impl Guild {
    pub(super) fn new(id: u64, random: &mut fastrand::Rng, words: &mut Words) -> Self {
        let id = GuildId::try_from(id).expect("a snowflake");
        let members = (0..random.usize(2..=IDS.len())).map(|n| Member::new(IDS[n], id, random, words)).collect();
        let open = random.bool().then(|| CHANNELS.into_iter().filter(|_| random.u8(..4) > 0).collect());
        Self { id, members, said: Vec::new(), open, mentions: [].into() }
    }
}
