//! What somebody may do in a guild, as Discord counts it.

use std::{
    fmt,
    ops::{BitAnd, BitOr, Not},
};

/// A set of permissions; Discord writes it as a decimal string of bits.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u128);

impl Permissions {
    /// Nothing is permitted.
    pub const NONE: Self = Self(0);
    /// Everything else is implied by this one.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Changing the guild's settings: what makes a moderator.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// Seeing that a channel is there, and what is said in it from now on.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Deleting what others wrote.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Reading what was said before.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);

    /// As Discord writes it; `None` if it is no number.
    pub fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// Whether all of `wanted` are permitted, one by one or because somebody is an administrator.
    pub fn permit(self, wanted: Self) -> bool {
        self.0 & Self::ADMINISTRATOR.0 != 0 || self & wanted == wanted
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// As Discord writes it.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_do_everything() {
        let both = Permissions::VIEW_CHANNEL | Permissions::MANAGE_GUILD;
        assert!(Permissions::ADMINISTRATOR.permit(both));
        assert!(both.permit(Permissions::MANAGE_GUILD) && both.permit(both));
        assert!(!Permissions::VIEW_CHANNEL.permit(both));
        assert!(!Permissions::NONE.permit(Permissions::VIEW_CHANNEL));
    }

    #[test]
    fn more_bits_than_we_know_are_read() {
        assert_eq!(Permissions::read("32"), Some(Permissions::MANAGE_GUILD));
        assert!(Permissions::read("73786976294838206495").is_some(), "more than 64 bits");
        assert_eq!(["", "-1", "all"].map(Permissions::read), [None; 3]);
    }
}
