//! Channels and threads of a guild, and which of them every member of its audience may read: the one place that decides it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    audience::{Audience, OpenChannels},
    roles::Roles,
};
use crate::domain::{ChannelId, MessageId, Permissions, RoleId, UserId};

/// A channel or thread as Discord lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// What it is.
    pub kind: ChannelKind,
    /// The channel a thread is in; the category of a channel.
    pub parent: Option<ChannelId>,
    /// The last message in it, as far as Discord says: one that was deleted, at times.
    pub last_message: Option<MessageId>,
    /// Only for adults, by Discord's own mark.
    pub age_restricted: bool,
    /// What the channel itself allows and denies to everybody. What its category says does not count: Discord copies that
    /// into the channels that are in step with it.
    pub everyone: Overwrite,
    /// What it allows and denies to other roles.
    pub roles: BTreeMap<RoleId, Overwrite>,
}

/// What a channel allows and denies to one role, over what the role permits in the guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overwrite {
    /// Allowed here.
    pub allow: Permissions,
    /// Denied here.
    pub deny: Permissions,
}

/// What a channel is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Messages are written in it: text, or announcements.
    Text,
    /// The chat of a voice or stage channel: for who may join.
    Voice,
    /// It holds only threads: a forum, or a media channel.
    Forum,
    /// A thread that whoever sees its channel may read.
    PublicThread,
    /// A thread of those who were invited.
    PrivateThread,
    /// Anything else: a category, a directory, a kind that is new.
    Other,
}

impl ChannelKind {
    /// Whether people write messages in it.
    pub fn has_messages(self) -> bool {
        matches!(self, Self::Text | Self::Voice | Self::PublicThread | Self::PrivateThread)
    }

    /// What it takes to read what was said in a channel of that kind, and in its threads; `None` of threads themselves, which
    /// are as their channel, and of what is never read.
    pub fn reading(self) -> Option<Permissions> {
        let reading = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        match self {
            Self::Text | Self::Forum => Some(reading),
            Self::Voice => Some(reading | Permissions::CONNECT),
            Self::PublicThread | Self::PrivateThread | Self::Other => None,
        }
    }
}

/// A guild's roles and channels, as Discord says them at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuildChannels {
    /// Its roles.
    pub roles: Roles,
    /// Channels and threads, by id.
    pub channels: BTreeMap<ChannelId, Channel>,
}

impl GuildChannels {
    /// The channels and public threads that every member of the audience may read and read back. What is not known is not
    /// open, nor is what is marked as for adults only.
    pub fn open_to(&self, audience: Audience, read_at: Timestamp) -> OpenChannels {
        let open = self.channels.values().filter(|channel| self.is_open(channel, audience));
        // A private thread is in a channel as well, and never as open; nor is what may be one and is of a new kind.
        let is_as_open = |kind| !matches!(kind, ChannelKind::PrivateThread | ChannelKind::Other);
        let others = self.channels.values().filter(|channel| is_as_open(channel.kind));
        OpenChannels {
            audience,
            channels: open.map(|channel| channel.id).collect(),
            parents: others.filter_map(|channel| Some((channel.id, channel.parent?))).collect(),
            read_at,
            sweep_due: false,
            sweep_again_at: None,
        }
    }

    /// Whether every member of the audience may read a channel that is no thread.
    fn is_open(&self, channel: &Channel, audience: Audience) -> bool {
        let Some(needed) = channel.kind.reading() else { return false };
        !channel.age_restricted && self.permissions_in(channel, &audience.roles()).permit(needed)
    }

    /// What somebody with these roles may do in a channel, in Discord's order: the guild's own permissions, then what the
    /// channel says about everybody, then what it says about the roles, where allowing wins.
    pub fn permissions_in(&self, channel: &Channel, roles: &[RoleId]) -> Permissions {
        let base = self.roles.base_permissions(roles);
        if base == Permissions::ALL {
            return base;
        }
        let overwrite = |role: &RoleId| channel.roles.get(role).copied().unwrap_or_default();
        let together =
            |all: Overwrite, one: Overwrite| Overwrite { allow: all.allow | one.allow, deny: all.deny | one.deny };
        let of_roles = roles.iter().map(overwrite).fold(Overwrite::default(), together);
        of_roles.applied_to(channel.everyone.applied_to(base))
    }

    /// What one member with these roles may do in a channel that says `own` about the member: that comes last.
    pub fn permissions_of(&self, channel: &Channel, user: UserId, roles: &[RoleId], own: Overwrite) -> Permissions {
        match self.roles.permissions_of(user, roles) {
            Permissions::ALL => Permissions::ALL,
            _ => own.applied_to(self.permissions_in(channel, roles)),
        }
    }
}

impl Overwrite {
    fn applied_to(self, permissions: Permissions) -> Permissions {
        (permissions & !self.deny) | self.allow
    }
}

#[cfg(test)]
mod tests {
    use ChannelKind::{Forum, Other, PrivateThread, PublicThread, Text, Voice};

    use super::*;

    const EVERYONE: u64 = 1;
    const VERIFIED: u64 = 5;
    const VIEW: u128 = 1 << 10;
    const CONNECT: u128 = 1 << 20;
    const READING: u128 = VIEW | 1 << 16;

    fn permissions(bits: u128) -> Permissions {
        Permissions::read(&bits.to_string()).unwrap()
    }

    fn id<T: TryFrom<u64>>(id: u64) -> T
    where
        T::Error: std::fmt::Debug,
    {
        id.try_into().unwrap()
    }

    fn channel(number: u64, kind: ChannelKind, parent: Option<u64>) -> Channel {
        Channel {
            id: id(number),
            kind,
            parent: parent.map(id),
            last_message: None,
            age_restricted: false,
            everyone: Overwrite::default(),
            roles: BTreeMap::new(),
        }
    }

    /// The channel, with what it allows and denies to a role.
    fn with(mut channel: Channel, role: u64, allow: u128, deny: u128) -> Channel {
        let overwrite = Overwrite { allow: permissions(allow), deny: permissions(deny) };
        match role {
            EVERYONE => channel.everyone = overwrite,
            role => drop(channel.roles.insert(id(role), overwrite)),
        }
        channel
    }

    fn guild(everyone: u128, verified: u128, channels: &[Channel]) -> GuildChannels {
        let verified = [(id(VERIFIED), permissions(verified))].into();
        let roles = Roles { owner: None, everyone: permissions(everyone), permissions: verified };
        let channels = channels.iter().map(|channel| (channel.id, channel.clone())).collect();
        GuildChannels { roles, channels }
    }

    fn open<const N: usize>(guild: &GuildChannels, audience: Audience, ids: [u64; N]) -> [bool; N] {
        let open = guild.open_to(audience, Timestamp::UNIX_EPOCH);
        ids.map(|channel| open.contain(id(channel)))
    }

    #[test]
    fn rule_26_a_channel_is_as_open_as_its_guild_unless_it_says_otherwise() {
        let channels = [
            channel(1, Text, None),
            with(channel(2, Text, None), EVERYONE, 0, VIEW),
            with(channel(3, Text, None), EVERYONE, 0, 1 << 16),
            with(channel(4, Text, None), EVERYONE, READING, 0),
        ];
        let ids = [1, 2, 3, 4];
        assert_eq!(open(&guild(READING, 0, &channels), Audience::Everyone, ids), [true, false, false, true]);
        assert_eq!(open(&guild(0, 0, &channels), Audience::Everyone, ids), [false, false, false, true]);
    }

    #[test]
    fn rule_26_a_thread_is_as_open_as_its_channel_and_a_private_one_never() {
        let channels = [
            channel(1, Text, None),
            with(channel(2, Forum, None), EVERYONE, 0, READING),
            channel(11, PublicThread, Some(1)),
            channel(12, PrivateThread, Some(1)),
            channel(13, PublicThread, Some(2)),
            channel(14, PublicThread, Some(99)),
            channel(15, PublicThread, None),
            channel(16, PublicThread, Some(1)),
        ];
        let seen = open(&guild(READING, 0, &channels), Audience::Everyone, [11, 12, 13, 14, 15, 16]);
        assert_eq!(seen, [true, false, false, false, false, true]);
    }

    /// Discord, "Get Channel Messages": "If the channel is a voice channel, they must also have the CONNECT permission."
    #[test]
    fn rule_26_the_chat_of_a_voice_channel_that_nobody_may_join_is_not_open() {
        let locked = with(channel(1, Voice, None), EVERYONE, 0, CONNECT);
        let channels = [locked, channel(2, Voice, None)];
        assert_eq!(open(&guild(READING | CONNECT, 0, &channels), Audience::Everyone, [1, 2]), [false, true]);
        assert_eq!(open(&guild(READING, 0, &channels), Audience::Everyone, [2]), [false], "nobody may join anywhere");
    }

    /// Discord, "Permission Overwrites": the base permissions, then what is denied and allowed to @everyone, then what is
    /// denied and allowed to the roles.
    #[test]
    fn rule_26_a_role_is_counted_in_discords_order() {
        let verified = Audience::Role(id(VERIFIED));
        let channels = [
            with(with(channel(1, Text, None), EVERYONE, 0, READING), VERIFIED, READING, 0),
            with(with(channel(2, Text, None), EVERYONE, READING, 0), VERIFIED, 0, VIEW),
            with(channel(3, Text, None), EVERYONE, 0, READING),
            with(channel(4, Text, None), VERIFIED, READING, READING),
            channel(5, Text, None),
        ];
        let ids = [1, 2, 3, 4, 5];
        assert_eq!(open(&guild(0, 0, &channels), verified, ids), [true, false, false, true, false]);
        assert_eq!(open(&guild(0, READING, &channels), verified, ids), [true, false, false, true, true]);
        assert_eq!(open(&guild(0, 0, &channels), Audience::Everyone, ids), [false, true, false, false, false]);
    }

    #[test]
    fn rule_26_what_other_roles_are_denied_closes_nothing() {
        let muted = with(channel(1, Text, None), 6, 0, READING);
        let private = with(with(channel(2, Text, None), EVERYONE, 0, VIEW), 6, READING, 0);
        let channels = [muted, private];
        assert_eq!(open(&guild(READING, 0, &channels), Audience::Everyone, [1, 2]), [true, false]);
        assert_eq!(open(&guild(READING, 0, &channels), Audience::Role(id(VERIFIED)), [1, 2]), [true, false]);
    }

    #[test]
    fn rule_26_a_category_opens_and_closes_nothing() {
        let closed = with(channel(40, Other, None), EVERYONE, 0, READING);
        let channels = [closed, channel(1, Text, Some(40))];
        assert_eq!(open(&guild(READING, 0, &channels), Audience::Everyone, [1, 40]), [true, false]);
    }

    /// Discord: "ADMINISTRATOR overrides any potential permission overwrites" – of a role; in an overwrite it opens nothing.
    #[test]
    fn rule_26_an_administrators_role_reads_everything_and_an_overwrite_makes_no_administrator() {
        let administrator = 1 << 3;
        let channels = [
            with(channel(1, Text, None), EVERYONE, 0, READING),
            with(channel(2, Text, None), VERIFIED, administrator, 0),
        ];
        let verified = Audience::Role(id(VERIFIED));
        assert_eq!(open(&guild(0, administrator, &channels), verified, [1, 2]), [true, true]);
        assert_eq!(open(&guild(0, 0, &channels), verified, [1, 2]), [false, false]);
    }

    #[test]
    fn rule_26_what_is_unknown_or_for_adults_is_not_open() {
        let adult = Channel { age_restricted: true, ..channel(1, Text, None) };
        let channels = [adult, channel(2, Other, None), channel(11, PublicThread, Some(1)), channel(3, Forum, None)];
        let seen = open(&guild(READING, 0, &channels), Audience::Everyone, [1, 2, 11, 9, 3]);
        assert_eq!(seen, [false, false, false, false, true]);
    }
}
