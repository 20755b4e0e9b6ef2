//! Which guilds a deployment serves.

use std::collections::BTreeSet;

use crate::domain::GuildId;

/// The guilds that anything is written or answered for (DESIGN rule 30).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedGuilds(BTreeSet<GuildId>);

impl AllowedGuilds {
    /// Those alone; any guild if there are none.
    pub fn new(guilds: impl IntoIterator<Item = GuildId>) -> Self {
        Self(guilds.into_iter().collect())
    }

    /// Whether that guild is served.
    pub fn allow(&self, guild: GuildId) -> bool {
        self.0.is_empty() || self.0.contains(&guild)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_30_without_a_list_any_guild_is_served_and_with_one_no_other() {
        let guild = |id: u64| GuildId::try_from(id).unwrap();
        assert!(AllowedGuilds::default().allow(guild(1)));
        let one = AllowedGuilds::new([guild(1)]);
        assert!(one.allow(guild(1)) && !one.allow(guild(2)));
    }
}
