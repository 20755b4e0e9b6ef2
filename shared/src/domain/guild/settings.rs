//! What the managers of a guild decided for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{audience::Audience, permissions::Permissions};
use crate::domain::{ChannelId, UserId};

/// Channels a guild can name.
pub const MAX_CHANNELS: usize = 200;
/// The most days that messages can be kept.
pub const MAX_RETENTION_DAYS: u16 = 365;

/// The settings of one guild. The default is that of a guild whose managers decided nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuildSettings {
    /// The channels that are read, threads in them included, as far as they are open to the audience; if there are none,
    /// every channel that is. Naming a channel opens nothing.
    pub channels: BTreeSet<ChannelId>,
    /// Who may teach facts and other names.
    pub teachers: Teachers,
    /// Who may see what is known about others.
    pub viewers: Viewers,
    /// How many days messages are kept after they came in; `None`: as many as the deployment says.
    pub retention_days: Option<u16>,
    /// Whom the guild's memory is told to, and whose channels it is made from.
    pub audience: Audience,
    /// Of whom anything is kept.
    pub consent: Consent,
    /// Counts the changes, so that no two managers overwrite each other.
    pub revision: u64,
}

/// How many days messages are kept after they came in, as the deployment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Where a guild decided nothing.
    pub days: u16,
    /// Whatever a guild decided: so that no day of the window loses messages while it is still summarized.
    pub least: u16,
}

/// Who may teach facts and other names. A moderator is who has Discord's permission Manage Guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teachers {
    /// Anybody about anybody.
    #[default]
    Anyone,
    /// Each about themselves, moderators about anybody.
    Oneself,
    /// Moderators only.
    Moderators,
}

/// Who may see what is known about others. Everybody may see what is known about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Viewers {
    /// Anybody.
    Anyone,
    /// Who has Discord's permission Manage Guild.
    #[default]
    Moderators,
}

/// Of whom anything is kept (DESIGN rule 42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Of everybody who did not opt out.
    #[default]
    Everyone,
    /// Of who said yes.
    Asked,
}

/// Who wants to teach, as the caller says: nobody else can know what Discord allows them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Teacher {
    /// Their account.
    pub user: Option<UserId>,
    /// Whether they are a moderator.
    pub moderator: bool,
}

/// A channel that somebody named, as far as it matters whether it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedChannel {
    /// Its id.
    pub id: ChannelId,
    /// Whether it is of a kind that holds messages, itself or in threads.
    pub holds_messages: bool,
    /// What the one who named it may do in it, as Discord counts it.
    pub permissions: Permissions,
}

impl NamedChannel {
    /// Whether who named it may read it, and read it back.
    pub fn is_read_by_asker(&self) -> bool {
        self.permissions.permit(Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY)
    }
}

/// What is to be changed in the settings of a guild; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// A channel to read. The first one that is named means that no others are read.
    pub read: Option<NamedChannel>,
    /// A channel to leave out that was named. Without any, all that the audience may read are read again.
    pub leave: Option<ChannelId>,
    /// Who may teach.
    pub teachers: Option<Teachers>,
    /// Who may see what is known about others.
    pub viewers: Option<Viewers>,
    /// How many days messages are kept.
    pub retention_days: Option<u16>,
    /// Whom the memory is told to.
    pub audience: Option<Audience>,
    /// Of whom anything is kept.
    pub consent: Option<Consent>,
}

impl SettingsChange {
    /// The settings after the change.
    pub fn applied_to(&self, mut settings: GuildSettings) -> GuildSettings {
        settings.channels.extend(self.read.map(|channel| channel.id));
        if let Some(channel) = self.leave {
            settings.channels.remove(&channel);
        }
        settings.teachers = self.teachers.unwrap_or(settings.teachers);
        settings.viewers = self.viewers.unwrap_or(settings.viewers);
        let kept = self.retention_days.map(|days| days.min(MAX_RETENTION_DAYS));
        settings.retention_days = kept.or(settings.retention_days);
        settings.audience = self.audience.unwrap_or(settings.audience);
        settings.consent = self.consent.unwrap_or(settings.consent);
        settings
    }
}

impl GuildSettings {
    /// Whether messages are kept that were written in a channel: `around` is the channel and all that it is in.
    pub fn read(&self, around: impl IntoIterator<Item = ChannelId>) -> bool {
        self.channels.is_empty() || around.into_iter().any(|channel| self.channels.contains(&channel))
    }

    /// How many days messages are kept: what the guild decided, but never fewer than there must be.
    pub fn kept_days(&self, retention: Retention) -> u16 {
        self.retention_days.unwrap_or(retention.days).max(retention.least)
    }
}

impl Teachers {
    /// Whether `teacher` may teach something about `about`.
    pub fn allow(self, teacher: Teacher, about: UserId) -> bool {
        match self {
            Self::Anyone => true,
            Self::Oneself => teacher.moderator || teacher.user == Some(about),
            Self::Moderators => teacher.moderator,
        }
    }
}

impl Viewers {
    /// Whether somebody may see what is known about `about`.
    pub fn allow(self, viewer: UserId, moderator: bool, about: UserId) -> bool {
        self == Self::Anyone || moderator || viewer == about
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(n: u64) -> ChannelId {
        ChannelId::try_from(n).unwrap()
    }

    fn named(n: u64) -> NamedChannel {
        NamedChannel { id: channel(n), holds_messages: true, permissions: Permissions::ALL }
    }

    fn user(n: u64) -> UserId {
        UserId::try_from(n).unwrap()
    }

    #[test]
    fn named_channels_and_their_threads_are_read_and_no_others() {
        let all = GuildSettings::default();
        assert!(all.read([channel(1)]));
        let some = GuildSettings { channels: [channel(1)].into(), ..all };
        assert!(some.read([channel(1)]) && some.read([channel(9), channel(1)]));
        assert!(!some.read([channel(2)]) && !some.read([channel(9), channel(2)]));
    }

    #[test]
    fn messages_are_kept_as_decided_but_never_too_short() {
        let retention = Retention { days: 30, least: 8 };
        let with = |retention_days| GuildSettings { retention_days, ..GuildSettings::default() };
        assert_eq!([None, Some(10), Some(2)].map(|days| with(days).kept_days(retention)), [30, 10, 8]);
    }

    #[test]
    fn a_change_changes_what_it_names_and_nothing_else() {
        let change = |read: bool, leave: bool| SettingsChange {
            read: read.then(|| named(1)),
            leave: leave.then(|| channel(1)),
            ..SettingsChange::default()
        };
        let before = GuildSettings { retention_days: Some(9), revision: 4, ..GuildSettings::default() };
        let named = change(true, false).applied_to(before.clone());
        assert_eq!(named, GuildSettings { channels: [channel(1)].into(), ..before });
        assert_eq!(change(false, true).applied_to(named.clone()), before);
        let all = SettingsChange {
            teachers: Some(Teachers::Moderators),
            viewers: Some(Viewers::Anyone),
            retention_days: Some(20),
            ..SettingsChange::default()
        };
        let decided = all.applied_to(named);
        assert_eq!((decided.teachers, decided.viewers), (Teachers::Moderators, Viewers::Anyone));
        assert_eq!((decided.retention_days, decided.channels.len(), decided.revision), (Some(20), 1, 4));
    }

    #[test]
    fn who_may_teach_whom() {
        let ann = Teacher { user: Some(user(10)), moderator: false };
        let moderator = Teacher { moderator: true, ..ann };
        let nobody = Teacher::default();
        let allowed = |teachers: Teachers| {
            [(nobody, 10), (ann, 10), (ann, 11), (moderator, 11)].map(|(who, about)| teachers.allow(who, user(about)))
        };
        assert_eq!(allowed(Teachers::Anyone), [true; 4]);
        assert_eq!(allowed(Teachers::Oneself), [false, true, false, true]);
        assert_eq!(allowed(Teachers::Moderators), [false, false, false, true]);
    }

    #[test]
    fn everybody_sees_themselves_and_others_as_decided() {
        let seen = |viewers: Viewers| {
            [(false, 10), (false, 11), (true, 11)]
                .map(|(moderator, about)| viewers.allow(user(10), moderator, user(about)))
        };
        assert_eq!(seen(Viewers::Anyone), [true; 3]);
        assert_eq!(seen(Viewers::default()), [true, false, true]);
    }
}
