//! What was sent of late, so that it can be taken back when its channel closes or is gone.

use std::collections::VecDeque;

use guild_memory::domain::{ChannelId, GuildId};

/// Messages that are remembered; of older ones `sync_messages` finds out.
const MAX_MESSAGES: usize = 100_000;

/// Messages that were sent, the oldest first.
#[derive(Default)]
pub(crate) struct Sent(VecDeque<(GuildId, ChannelId, String)>);

impl Sent {
    pub(crate) fn note(&mut self, guild: GuildId, channel: ChannelId, message: String) {
        if self.0.len() >= MAX_MESSAGES {
            self.0.pop_front();
        }
        self.0.push_back((guild, channel, message));
    }

    /// Takes out the messages of a guild in channels that are not open any more.
    pub(crate) fn take_closed(&mut self, guild: GuildId, is_open: impl Fn(ChannelId) -> bool) -> Vec<String> {
        let mut closed = Vec::new();
        self.0.retain(|(of, channel, message)| {
            let stays = *of != guild || is_open(*channel);
            if !stays {
                closed.push(message.clone());
            }
            stays
        });
        closed
    }
}
