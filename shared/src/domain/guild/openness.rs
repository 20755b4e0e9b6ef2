//! What of a guild may be kept and told, by what is known of its channels.

use jiff::Timestamp;

use super::audience::{Audience, OpenChannels};
use crate::domain::ChannelId;

/// What is known of the channels that are open to a guild's audience (DESIGN rule 26).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Openness {
    /// These are open.
    Known(OpenChannels),
    /// What is kept is too old, or another audience's.
    Outdated,
    /// Nobody ever asked Discord: no token reads this guild, or it was not read yet.
    NeverAsked,
}

/// What of a guild's messages may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tellable {
    /// What was written in these channels.
    In(OpenChannels),
    /// Everything: no token reads this guild, and whoever sent it decided what is open.
    Everything,
}

impl Openness {
    /// What is known at `now` of the channels that are open to `audience`, by what was `kept`.
    pub fn of(kept: Option<OpenChannels>, audience: Audience, now: Timestamp) -> Self {
        match kept {
            Some(open) if open.are_fresh(audience, now) => Self::Known(open),
            Some(_) => Self::Outdated,
            None => Self::NeverAsked,
        }
    }

    /// Whether a message in that channel may be kept. Where it is not known, that depends on whether `sync_messages` reads
    /// the guild: then it brings the message itself, once it knows. Else whoever sends it decides alone.
    pub fn may_be_kept(&self, channel: ChannelId, guild_is_read: bool) -> bool {
        match self {
            Self::Known(open) => open.contain(channel),
            Self::Outdated | Self::NeverAsked => !guild_is_read,
        }
    }

    /// The channel and what it is in, as far as that is known.
    pub fn around(&self, channel: ChannelId) -> Vec<ChannelId> {
        match self {
            Self::Known(open) => open.around(channel).collect(),
            Self::Outdated | Self::NeverAsked => vec![channel],
        }
    }

    /// What may be told; `None` where it is not known, and a token reads the guild.
    pub fn tellable(self, guild_is_read: bool) -> Option<Tellable> {
        match self {
            Self::Known(open) => Some(Tellable::In(open)),
            Self::NeverAsked if !guild_is_read => Some(Tellable::Everything),
            Self::NeverAsked | Self::Outdated => None,
        }
    }
}

impl Tellable {
    /// Whether a message in that channel may be told.
    pub fn includes(&self, channel: ChannelId) -> bool {
        match self {
            Self::In(open) => open.contain(channel),
            Self::Everything => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;

    use super::*;

    fn channel(id: u64) -> ChannelId {
        id.try_into().unwrap()
    }

    /// Channel 1 was open that many minutes ago.
    fn known(minutes_ago: i64) -> Openness {
        let open = OpenChannels {
            audience: Audience::Everyone,
            channels: [channel(1)].into(),
            parents: BTreeMap::new(),
            read_at: Timestamp::UNIX_EPOCH,
            sweep_due: false,
            sweep_again_at: None,
        };
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes_ago);
        Openness::of(Some(open), Audience::Everyone, now)
    }

    /// Whether messages of channels 1 and 2 are kept, where `sync_messages` reads the guild and where it does not.
    fn kept(openness: &Openness) -> [[bool; 2]; 2] {
        [true, false].map(|read| [1, 2].map(|id| openness.may_be_kept(channel(id), read)))
    }

    /// The same for telling; `None` if it is not known.
    fn told(openness: &Openness) -> [Option<[bool; 2]>; 2] {
        [true, false].map(|read| {
            let tellable = openness.clone().tellable(read)?;
            Some([1, 2].map(|id| tellable.includes(channel(id))))
        })
    }

    #[test]
    fn rule_26_what_is_known_decides_whoever_reads_the_guild() {
        assert_eq!(kept(&known(15)), [[true, false]; 2]);
        assert_eq!(told(&known(15)), [Some([true, false]); 2]);
    }

    #[test]
    fn rule_26_what_is_too_old_decides_nothing() {
        assert_eq!(known(16), Openness::Outdated);
        assert_eq!(kept(&known(16)), [[false, false], [true, true]]);
        assert_eq!(told(&known(16)), [None, None], "a token reads this guild");
    }

    #[test]
    fn rule_26_where_no_token_reads_a_guild_who_sends_messages_decides() {
        let never = Openness::of(None, Audience::Everyone, Timestamp::UNIX_EPOCH);
        assert_eq!(kept(&never), [[false, false], [true, true]]);
        assert_eq!(told(&never), [None, Some([true, true])]);
    }
}
