//! Who asks, and where.

use crate::domain::{GuildId, Permissions, Teacher, UserId};

/// Somebody who asks in a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invoker {
    /// The guild.
    pub guild: GuildId,
    /// Who asks.
    pub user: UserId,
    /// What Discord says they may do in the channel they asked in.
    pub permissions: Permissions,
}

impl Invoker {
    /// Whether they are a moderator: have Manage Guild.
    pub fn is_moderator(&self) -> bool {
        self.permissions.permit(Permissions::MANAGE_GUILD)
    }

    /// As one who wants to teach.
    pub fn teacher(&self) -> Teacher {
        Teacher { user: Some(self.user), moderator: self.is_moderator() }
    }
}
