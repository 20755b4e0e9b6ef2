//! The roles of a guild, and what its members may do in it: the guild's own permissions, before any channel's overwrites.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Permissions, RoleId, UserId};

/// How old what Discord said about a guild may be when something is decided by it (DESIGN rule 26).
pub const GUILD_FACTS_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// Who owns a guild, and what its roles permit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The owner may do everything.
    pub owner: Option<UserId>,
    /// What everybody may do in the whole guild.
    pub everyone: Permissions,
    /// What each other role permits there.
    pub permissions: BTreeMap<RoleId, Permissions>,
}

/// Roles as they are kept, so that not everybody who decides has to ask Discord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRoles {
    /// The roles.
    pub roles: Roles,
    /// When Discord said so.
    pub read_at: Timestamp,
}

impl KeptRoles {
    /// Whether they may still be decided by.
    pub fn are_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) <= GUILD_FACTS_LIFE
    }
}

impl Roles {
    /// What somebody with these roles may do in the guild, whatever single channels allow or deny: Discord's "base
    /// permissions".
    pub fn permissions_of(&self, user: UserId, roles: &[RoleId]) -> Permissions {
        if self.owner == Some(user) {
            return Permissions::ALL;
        }
        self.base_permissions(roles)
    }

    /// Whether somebody with these roles is a moderator: has Manage Guild in the guild itself.
    pub fn is_moderator(&self, user: UserId, roles: &[RoleId]) -> bool {
        self.permissions_of(user, roles).permit(Permissions::MANAGE_GUILD)
    }

    /// What the roles permit together with the one that everybody has; an administrator's everything.
    pub(super) fn base_permissions(&self, roles: &[RoleId]) -> Permissions {
        let held = roles.iter().filter_map(|role| self.permissions.get(role));
        let permitted = held.fold(self.everyone, |all, one| all | *one);
        if permitted.permit(Permissions::ADMINISTRATOR) { Permissions::ALL } else { permitted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: u64 = 10;
    const ANN: u64 = 11;
    const MODERATORS: u64 = 20;
    const ADMINISTRATORS: u64 = 21;
    const PLAYERS: u64 = 22;

    fn roles() -> Roles {
        let permissions = [
            (MODERATORS, Permissions::MANAGE_GUILD),
            (ADMINISTRATORS, Permissions::ADMINISTRATOR),
            (PLAYERS, Permissions::NONE),
        ];
        let permissions = permissions.into_iter().map(|(id, permitted)| (id.try_into().unwrap(), permitted)).collect();
        Roles { owner: OWNER.try_into().ok(), everyone: Permissions::VIEW_CHANNEL, permissions }
    }

    fn is_moderator(user: u64, held: &[u64]) -> bool {
        let held: Vec<RoleId> = held.iter().map(|role| (*role).try_into().unwrap()).collect();
        roles().is_moderator(user.try_into().unwrap(), &held)
    }

    #[test]
    fn rule_27_a_moderator_has_manage_guild_by_a_role_is_an_administrator_or_owns_the_guild() {
        assert!(is_moderator(ANN, &[MODERATORS]));
        assert!(is_moderator(ANN, &[PLAYERS, ADMINISTRATORS]));
        assert!(is_moderator(OWNER, &[]));
        assert!(!is_moderator(ANN, &[]) && !is_moderator(ANN, &[PLAYERS]));
    }

    #[test]
    fn rule_27_a_role_that_nobody_knows_permits_nothing() {
        assert!(!is_moderator(ANN, &[99]));
    }

    #[test]
    fn what_the_role_of_everybody_permits_everybody_may() {
        let ann = roles().permissions_of(ANN.try_into().unwrap(), &[]);
        assert!(ann.permit(Permissions::VIEW_CHANNEL) && !ann.permit(Permissions::READ_MESSAGE_HISTORY));
    }

    #[test]
    fn rule_26_what_discord_said_is_decided_by_for_15_minutes() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let kept = KeptRoles { roles: roles(), read_at: at(0) };
        assert!(kept.are_fresh(at(15)) && !kept.are_fresh(at(16)));
    }
}
