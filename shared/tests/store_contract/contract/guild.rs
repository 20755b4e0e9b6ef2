//! What the moderators of a guild decided for it, and what Discord said about it.

use std::collections::BTreeSet;

use guild_memory::{
    domain::{Audience, Consent, GuildSettings, KeptRoles, OpenChannels, Permissions, Roles, Teachers, Viewers},
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
        audience: Audience::Role("5".parse().unwrap()),
        consent: Consent::Asked,
        ..undecided.clone()
    };
    memory.replace_settings(guild(), &decided).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &undecided).await, Err(StoreError::Conflict));
    let there = memory.settings(guild()).await.unwrap();
    assert_eq!(there, GuildSettings { revision: 1, ..decided.clone() });
    let again =
        GuildSettings { channels: BTreeSet::new(), retention_days: None, audience: Audience::Everyone, ..there };
    memory.replace_settings(guild(), &again).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &again).await, Err(StoreError::Conflict));
    assert_eq!(memory.settings(guild()).await.unwrap(), GuildSettings { revision: 2, ..again });
    assert_eq!(memory.settings("2".parse().unwrap()).await.unwrap(), undecided, "another guild");
}

pub(crate) async fn rule_27_the_latest_roles_are_kept(_: &impl MessagesSide, memory: &impl MemorySide) {
    assert_eq!(memory.kept_roles(guild()).await.unwrap(), None);
    let roles = |owner: &str, read_at: &str| {
        let permissions = [("5".parse().unwrap(), Permissions::MANAGE_GUILD)].into();
        let roles = Roles { owner: owner.parse().ok(), everyone: Permissions::VIEW_CHANNEL, permissions };
        KeptRoles { roles, read_at: read_at.parse().unwrap() }
    };
    let (first, second) = (roles("10", "2026-11-22T12:00:00Z"), roles("", "2026-11-22T12:00:01.5Z"));
    memory.keep_roles(guild(), &second).await.unwrap();
    memory.keep_roles(guild(), &first).await.unwrap();
    assert_eq!(memory.kept_roles(guild()).await.unwrap(), Some(second));
}

pub(crate) async fn rule_28_open_channels_change_only_as_they_were_seen(
    _: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    assert_eq!(memory.open_channels(guild()).await.unwrap(), None);
    let open = |audience: Audience, read_at: &str, sweep_due: bool| OpenChannels {
        audience,
        channels: ["7".parse().unwrap()].into(),
        parents: [("70".parse().unwrap(), "7".parse().unwrap())].into(),
        read_at: read_at.parse().unwrap(),
        sweep_due,
        sweep_again_at: sweep_due.then(|| "2026-11-22T12:25:00Z".parse().unwrap()),
    };
    let first = open(Audience::Everyone, "2026-11-22T12:00:00.25Z", false);
    memory.keep_open_channels(guild(), None, &first).await.unwrap();
    assert_eq!(memory.open_channels(guild()).await.unwrap(), Some(first.clone()));
    let second = open(Audience::Role("5".parse().unwrap()), "2026-11-22T12:10:00Z", true);
    assert_eq!(memory.keep_open_channels(guild(), None, &second).await, Err(StoreError::Conflict));
    memory.keep_open_channels(guild(), Some(first.read_at), &second).await.unwrap();
    assert_eq!(memory.keep_open_channels(guild(), Some(first.read_at), &first).await, Err(StoreError::Conflict));
    assert_eq!(memory.swept(guild(), first.read_at).await, Err(StoreError::Conflict), "others were kept since");
    assert_eq!(memory.open_channels(guild()).await.unwrap(), Some(second.clone()));
    memory.swept(guild(), second.read_at).await.unwrap();
    assert_eq!(memory.open_channels(guild()).await.unwrap(), Some(OpenChannels { sweep_due: false, ..second }));
}
