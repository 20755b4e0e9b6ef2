//! Who left: members of a guild, and guilds that removed the app (DESIGN rules 44 and 45).

use jiff::{SignedDuration, Timestamp};

use super::{GuildId, UserId};

/// For how long Discord has to say that the bot is in no such guild, until that counts as the app being removed.
pub const MISSING_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// After that nobody who began before a wipe is still at work: no function lives for longer.
const LOOKS_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Who left, as it is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// A member left the guild.
    Member(GuildId, UserId),
    /// The guild removed the app.
    Guild(GuildId),
    /// Discord says that the bot is in no such guild: it may have removed the app.
    Missing(GuildId),
    /// The guild was wiped, and is to be looked at once more: who wrote it down as it was may have died before they looked.
    Wiped(GuildId),
}

impl Left {
    /// The guild it is about.
    pub fn guild(self) -> GuildId {
        match self {
            Self::Member(guild, _) | Self::Guild(guild) | Self::Missing(guild) | Self::Wiped(guild) => guild,
        }
    }

    /// Whether what is kept of them ends now, if they left `at` and it is kept for so long.
    pub fn is_due(self, at: Timestamp, kept_for: SignedDuration, now: Timestamp) -> bool {
        match self {
            Self::Missing(_) => false,
            Self::Wiped(_) => at.checked_add(LOOKS_AGAIN_AFTER).is_ok_and(|end| end <= now),
            Self::Member(..) | Self::Guild(_) => at.checked_add(kept_for).is_ok_and(|end| end <= now),
        }
    }
}

/// How long moderators have to call off the wipe of their guild.
pub const WIPED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// That a guild is to be wiped (DESIGN rule 45).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wipe {
    /// From when on. Until then it can be taken back, and then it is done to its end.
    pub begins_at: Timestamp,
    /// Whether what its moderators decided stays.
    pub keeps_settings: bool,
}

impl Wipe {
    /// One that begins at once and leaves nothing.
    pub fn whole(begins_at: Timestamp) -> Self {
        Self { begins_at, keeps_settings: false }
    }

    /// One that a moderator asks for `now`: there is time to call it off, and the guild goes on as it was decided.
    pub fn announced(now: Timestamp) -> Self {
        Self { begins_at: now.saturating_add(WIPED_AFTER).unwrap_or(Timestamp::MAX), keeps_settings: true }
    }

    /// Whether it cannot be called off any more.
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.begins_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_44_what_is_kept_ends_when_its_time_is_over_and_not_before() {
        let at: Timestamp = "2026-11-01T12:00:00Z".parse().unwrap();
        let (kept_for, guild) = (SignedDuration::from_hours(24), "1".parse().unwrap());
        let is_due = |left: Left, hours| left.is_due(at, kept_for, at + SignedDuration::from_hours(hours));
        for left in [Left::Member(guild, "10".parse().unwrap()), Left::Guild(guild)] {
            assert!(!is_due(left, 23) && is_due(left, 24));
            assert!(!left.is_due(Timestamp::MAX, kept_for, Timestamp::MAX), "no time is beyond all time");
        }
        assert!(!is_due(Left::Missing(guild), 10_000), "it is not known whether it left");
        assert!(!is_due(Left::Wiped(guild), 0) && is_due(Left::Wiped(guild), 1));
    }
}
