//! Somebody's message as a fact about them: where it was written decides.

use super::*;
use crate::{
    domain::{Channel, ChannelId, ChannelKind, GuildChannels, Overwrite},
    ports::{KeepOpenChannels as _, ReadOpenChannels as _},
};

fn channel(id: u64) -> ChannelId {
    id.try_into().unwrap()
}

/// Channel 7 is open to everybody, and 8 is not.
fn discord() -> ScriptedDiscord {
    let one = |id: u64, deny: Permissions| Channel {
        id: channel(id),
        kind: ChannelKind::Text,
        parent: None,
        last_message: None,
        age_restricted: false,
        everyone: Overwrite { allow: Permissions::NONE, deny },
        roles: Default::default(),
    };
    let channels = [one(7, Permissions::NONE), one(8, Permissions::VIEW_CHANNEL)].map(|one| (one.id, one)).into();
    let roles = Roles { everyone: Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY, ..Roles::default() };
    let discord = ScriptedDiscord::default();
    discord.state().channels = GuildChannels { roles, channels };
    discord
}

/// Whether a message that was written there is remembered, where that is asked of Discord or of nobody.
async fn is_remembered(discord: Option<ScriptedDiscord>, within: Option<u64>) -> bool {
    let deps = Deps { discord, ..deps(Responder::default()) };
    let text = "they will ban Ann".to_owned();
    let action =
        Action::Command(Command::RememberMessage { channel: within.map(channel), author: Some(user(11)), text });
    let said = words(interact(&deps, asked(1, 10, "0", action)).await);
    let people = deps.store.people(guild(), &[user(11)]).await.unwrap();
    let is_kept = !people[&user(11)].facts.is_empty();
    assert_eq!(said.contains("not everybody I tell things may read"), !is_kept, "{said}");
    is_kept
}

#[tokio::test]
async fn rule_26_a_message_of_a_closed_channel_cannot_be_remembered() {
    for (within, expected) in [(Some(7), true), (Some(8), false), (Some(9), false), (None, false)] {
        assert_eq!(is_remembered(Some(discord()), within).await, expected, "{within:?}");
    }
    let silent = discord();
    silent.state().guild_error = Some(DiscordError::Unavailable { reason: "503".into() });
    assert!(!is_remembered(Some(silent), Some(7)).await, "Discord does not say it");
    assert!(is_remembered(None, Some(8)).await, "nobody can ask Discord: whoever calls decides");
}

#[tokio::test]
async fn rule_26_what_discord_said_of_channels_is_kept_for_the_others() {
    let deps = Deps { discord: Some(discord()), ..deps(Responder::default()) };
    let action = Action::Command(Command::RememberMessage {
        channel: Some(channel(7)),
        author: Some(user(11)),
        text: "keeps bees".to_owned(),
    });
    interact(&deps, asked(1, 10, "0", action)).await;
    let kept = deps.store.open_channels(guild()).await.unwrap().unwrap();
    assert_eq!((kept.contain(channel(7)), kept.contain(channel(8)), kept.sweep_due), (true, false, true));
    assert!(deps.store.keep_open_channels(guild(), None, &kept).await.is_err());
}
