//! Who asks, and where.

use crate::domain::{GuildId, Permissions, Teacher, UserId};

/// A guild, and who asks in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guild.
    pub guild: GuildId,
    /// Who asks.
    pub asker: UserId,
    /// What Discord says they may do in the channel they asked in.
    pub permissions: Permissions,
}

impl Place {
    /// Whether the asker is a moderator: has Manage Guild.
    pub fn is_moderator(&self) -> bool {
        self.permissions.permit(Permissions::MANAGE_GUILD)
    }

    /// The asker, as one who wants to teach.
    pub fn teacher(&self) -> Teacher {
        Teacher { user: Some(self.asker), moderator: self.is_moderator() }
    }
}
