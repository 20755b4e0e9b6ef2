//! The audience of a guild: those whom its memory is told to, and the channels that every one of them may read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::roles::GUILD_FACTS_LIFE;
use crate::domain::{ChannelId, RoleId};

/// Threads and channels whose place is remembered, so that a guild's fit into one item: where more were seen, those that were
/// opened first are forgotten, and looked for again when something is stored of them.
const MAX_PARENTS: usize = 4_000;

/// The longest that anybody stores messages by what they knew when they began: as long as Lambda lets a function work.
const LONGEST_WRITER: SignedDuration = SignedDuration::from_mins(15);

/// Whom a guild's memory is told to, and whose channels it is made from (DESIGN rule 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Everybody in the guild.
    #[default]
    Everyone,
    /// Who has that role: for guilds where nobody else sees anything.
    Role(RoleId),
}

impl Audience {
    /// Whether somebody with these roles is of the audience.
    pub fn includes(self, roles: &[RoleId]) -> bool {
        match self {
            Self::Everyone => true,
            Self::Role(role) => roles.contains(&role),
        }
    }

    /// The role, if it is not everybody.
    pub fn role(self) -> Option<RoleId> {
        match self {
            Self::Everyone => None,
            Self::Role(role) => Some(role),
        }
    }

    /// The roles that each of the audience has for sure, besides the one of everybody.
    pub(super) fn roles(self) -> Vec<RoleId> {
        self.role().into_iter().collect()
    }
}

impl From<Option<RoleId>> for Audience {
    fn from(role: Option<RoleId>) -> Self {
        role.map_or(Self::Everyone, Self::Role)
    }
}

/// The channels that every member of an audience may read and read back, as Discord said it at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenChannels {
    /// Whose they are.
    pub audience: Audience,
    /// Channels; threads aside.
    pub channels: BTreeSet<ChannelId>,
    /// What each is in: public threads that were ever seen in their channel, channels in their category. Whether a thread is
    /// open, its channel says; an archived one is in none of Discord's lists, and stays known here.
    pub parents: BTreeMap<ChannelId, ChannelId>,
    /// When Discord said so.
    pub read_at: Timestamp,
    /// Something was open before that is not any more, or nobody knows what was: what is stored of other channels has to go.
    pub sweep_due: bool,
    /// From when on it is swept once more: who decided by an earlier list and died may have stored something after the sweep,
    /// and took nothing back.
    pub sweep_again_at: Option<Timestamp>,
}

impl OpenChannels {
    /// Whether a message in that channel or thread may be kept and told. What is not known is not open.
    pub fn contain(&self, channel: ChannelId) -> bool {
        self.channels.contains(&channel)
            || self.parents.get(&channel).is_some_and(|parent| self.channels.contains(parent))
    }

    /// The channel, what it is in, and what that is in.
    pub fn around(&self, channel: ChannelId) -> impl Iterator<Item = ChannelId> {
        std::iter::successors(Some(channel), |inner| self.parents.get(inner).copied()).take(3)
    }

    /// Whether they may still be decided by, for that audience.
    pub fn are_fresh(&self, audience: Audience, now: Timestamp) -> bool {
        self.audience == audience && now.duration_since(self.read_at) <= GUILD_FACTS_LIFE
    }

    /// The same, where something may be stored of channels that are not open: it is swept, and once more when nobody is at
    /// work any more who decided by what was known before.
    #[must_use]
    pub fn to_be_swept(self) -> Self {
        let again = self.read_at.checked_add(LONGEST_WRITER).unwrap_or(Timestamp::MAX);
        Self { sweep_due: true, sweep_again_at: Some(again), ..self }
    }

    /// The same after another look at Discord: threads that were known stay known, and what is not open any more is noted
    /// until it is swept.
    pub fn renewed(&self, mut now: Self) -> Self {
        let is_due_again = self.sweep_again_at.is_some_and(|at| at <= now.read_at);
        now.sweep_due = self.sweep_due || is_due_again;
        now.sweep_again_at = self.sweep_again_at.filter(|_| !is_due_again);
        if self.audience != now.audience || self.channels.iter().any(|channel| !now.channels.contains(channel)) {
            now = now.to_be_swept();
        }
        // Ids grow with time: the last are the newest.
        let seen = self.parents.iter().rev().filter(|(inner, _)| !now.parents.contains_key(inner));
        let seen: Vec<_> = seen.take(MAX_PARENTS.saturating_sub(now.parents.len())).collect();
        now.parents.extend(seen);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: u64) -> ChannelId {
        id.try_into().unwrap()
    }

    fn role(id: u64) -> RoleId {
        id.try_into().unwrap()
    }

    fn open(audience: Audience, channels: &[u64], threads: &[(u64, u64)]) -> OpenChannels {
        OpenChannels {
            audience,
            channels: channels.iter().map(|id| channel(*id)).collect(),
            parents: threads.iter().map(|(id, parent)| (channel(*id), channel(*parent))).collect(),
            read_at: Timestamp::UNIX_EPOCH,
            sweep_due: false,
            sweep_again_at: None,
        }
    }

    #[test]
    fn rule_26_everybody_is_of_the_audience_unless_it_is_a_role() {
        assert!(Audience::Everyone.includes(&[]));
        let verified = Audience::Role(role(5));
        assert!(verified.includes(&[role(4), role(5)]) && !verified.includes(&[role(4)]) && !verified.includes(&[]));
    }

    #[test]
    fn rule_26_a_thread_is_as_open_as_its_channel_and_what_is_unknown_is_closed() {
        let open = open(Audience::Everyone, &[1], &[(11, 1), (12, 2)]);
        assert_eq!([1, 11, 2, 12, 99].map(|id| open.contain(channel(id))), [true, true, false, false, false]);
    }

    #[test]
    fn rule_26_it_is_decided_by_for_15_minutes_and_for_that_audience_only() {
        let open = open(Audience::Everyone, &[1], &[]);
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(open.are_fresh(Audience::Everyone, at(15)));
        assert!(!open.are_fresh(Audience::Everyone, at(16)));
        assert!(!open.are_fresh(Audience::Role(role(5)), at(0)));
    }

    #[test]
    fn rule_26_of_more_threads_than_fit_the_newest_stay_known_and_all_that_are_active() {
        let seen: Vec<(u64, u64)> = (0..4_500).map(|n| (1_000 + n, 1)).collect();
        let active = [(1_000, 1), (9_000, 1)];
        let later = open(Audience::Everyone, &[1], &seen).renewed(open(Audience::Everyone, &[1], &active));
        assert_eq!(later.parents.len(), MAX_PARENTS);
        assert_eq!(
            [1_000, 1_001, 1_501, 1_502, 5_499, 9_000].map(|id| later.contain(channel(id))),
            [true, false, false, true, true, true]
        );
    }

    #[test]
    fn rule_28_it_is_swept_once_more_when_nobody_writes_by_an_earlier_list() {
        let at = |minutes, one: OpenChannels| OpenChannels {
            read_at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes),
            ..one
        };
        let swept = |one: OpenChannels| OpenChannels { sweep_due: false, ..one };
        let fewer = || open(Audience::Everyone, &[1], &[]);
        let closed = swept(open(Audience::Everyone, &[1, 2], &[]).renewed(at(10, fewer())));
        let soon = closed.renewed(at(24, fewer()));
        assert!(!soon.sweep_due && soon.sweep_again_at.is_some());
        let later = soon.renewed(at(25, fewer()));
        assert!(later.sweep_due);
        let last = swept(later).renewed(at(60, fewer()));
        assert!(!last.sweep_due && last.sweep_again_at.is_none(), "once");
    }

    #[test]
    fn rule_28_what_is_not_open_any_more_has_to_be_swept_until_it_was() {
        let before = open(Audience::Everyone, &[1, 2], &[(11, 1)]);
        let same = before.renewed(open(Audience::Everyone, &[1, 2, 3], &[]));
        assert!(!same.sweep_due, "one more is open");
        assert!(same.contain(channel(11)), "an archived thread stays known");
        let fewer = before.renewed(open(Audience::Everyone, &[1], &[]));
        assert!(fewer.sweep_due);
        assert!(fewer.renewed(open(Audience::Everyone, &[1, 2], &[])).sweep_due, "it was not swept yet");
        assert!(before.renewed(open(Audience::Role(role(5)), &[1, 2], &[])).sweep_due, "another audience");
    }
}
