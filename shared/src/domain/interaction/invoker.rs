//! Who asks, and where.

use crate::domain::{GuildId, Permissions, RoleId, Roles, UserId};

/// Somebody who asks in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoker {
    /// The guild.
    pub guild: GuildId,
    /// Who asks.
    pub user: UserId,
    /// The roles they have, besides the one of everybody.
    pub roles: Vec<RoleId>,
    /// What Discord says they may do in the channel they asked in: what that channel allows and denies is counted in.
    pub permissions: Permissions,
}

impl Invoker {
    /// Whether they are a moderator of the guild by what its roles permit: has Manage Guild in all of it (DESIGN rule 27).
    pub fn is_moderator(&self, roles: &Roles) -> bool {
        roles.is_moderator(self.user, &self.roles)
    }

    /// Whether the request itself says Manage Guild. A channel's overwrites are in it, so that it counts only where nobody
    /// can ask Discord for the roles; and Administrator alone is not Manage Guild.
    pub fn may_manage_here(&self) -> bool {
        self.permissions.permit(Permissions::MANAGE_GUILD)
    }
}
