//! What the managers of a guild decided for it.

use std::collections::BTreeSet;

use guild_memory::{
    domain::{GuildSettings, Teachers, Viewers},
    ports::StoreError,
};

use super::{
    fixtures::guild,
    sides::{MemorySide, MessagesSide},
};

pub(crate) async fn settings_change_only_at_the_revision_that_was_seen(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    let undecided = memory.settings(guild()).await.unwrap();
    assert_eq!(undecided, GuildSettings::default());
    let decided = GuildSettings {
        channels: ["7".parse().unwrap(), "8".parse().unwrap()].into(),
        teachers: Teachers::Oneself,
        viewers: Viewers::Anyone,
        retention_days: Some(14),
        ..undecided.clone()
    };
    memory.replace_settings(guild(), &decided).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &undecided).await, Err(StoreError::Conflict));
    let there = memory.settings(guild()).await.unwrap();
    assert_eq!(there, GuildSettings { revision: 1, ..decided.clone() });
    let again = GuildSettings { channels: BTreeSet::new(), retention_days: None, ..there };
    memory.replace_settings(guild(), &again).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &again).await, Err(StoreError::Conflict));
    assert_eq!(memory.settings(guild()).await.unwrap(), GuildSettings { revision: 2, ..again });
    assert_eq!(memory.settings("2".parse().unwrap()).await.unwrap(), undecided, "another guild");
}
